import HTTPTypes
import JSON

extension MLCommons {
    var modelGroupOperations: [MLOperation] {
        [
            MLOperation("register_model_group", [.post], ["/model_groups/_register"]) { [self] request in
                try registerModelGroup(try request.requiredFields())
            },
            MLOperation("get_model_group", [.get], ["/model_groups/{model_group_id}"]) { [self] request in
                let id = request.path("model_group_id")
                guard let group = state[.modelGroup, id] else { throw MLError.noModelGroup(id) }
                return MLReply(group.source)
            },
            MLOperation("update_model_group", [.put], ["/model_groups/{model_group_id}"]) { [self] request in
                try updateModelGroup(request.path("model_group_id"), try request.requiredFields())
            },
            MLOperation("delete_model_group", [.delete], ["/model_groups/{model_group_id}"]) { [self] request in
                try deleteModelGroup(request.path("model_group_id"))
            },
            search("search_model_group", "/model_groups/_search", .modelGroup) { document, _ in document.source },
        ]
    }

    private func registerModelGroup(_ fields: Fields) throws -> MLReply {
        let name = try fields.text("name")
        let description = try fields.text("description")
        let problems =
            SafeText.problems(of: name, "Model group name", isRequired: true)
            + SafeText.problems(of: description, "Model group description", isRequired: false)
        guard problems.isEmpty, let name else { throw MLError.validation(problems) }
        let access = try AccessRequest(fields)
        let shared = try access.document(for: state.settings.groupOwner, .modelGroup)
        let wanted = try fields.text("model_group_id")
        if let wanted { try DocumentID.check(wanted, "model_group_id") }
        let id = try state.update { draft in
            if let taken = draft.modelGroup(named: name) { throw Self.nameTaken(taken) }
            if let wanted, draft[.modelGroup, wanted] != nil {
                throw MLError.illegalArgument("The model group id \(wanted) is taken. Choose another one, or none.")
            }
            return draft.addModelGroup(name, description: description, shared, id: wanted)
        }
        return MLReply(["model_group_id": .string(id), "status": "CREATED"])
    }

    private func updateModelGroup(_ id: String, _ fields: Fields) throws -> MLReply {
        let name = try fields.text("name")
        let description = try fields.text("description")
        let problems =
            SafeText.problems(of: name, "Model group name", isRequired: false)
            + SafeText.problems(of: description, "Model group description", isRequired: false)
        guard problems.isEmpty else { throw MLError.validation(problems) }
        let access = try AccessRequest(fields)
        let shared = access.isStated ? try access.document(for: state.settings.groupOwner, .modelGroup) : nil
        try state.update { draft in
            guard var group = draft[.modelGroup, id] else { throw MLError.noModelGroup(id) }
            try checkChange(of: group, access)
            if let name, !SafeText.isBlank(name), name != group.text("name") {
                if let taken = draft.modelGroup(named: name) { throw Self.nameTaken(taken) }
                group.source["name"] = .string(name)
            }
            if let description, !SafeText.isBlank(description) { group.source["description"] = .string(description) }
            if let shared {
                group.source["access"] = shared["access"]
                group.source["backend_roles"] = shared["backend_roles"]
            }
            group.source["last_updated_time"] = .number(JSONNumber(Int(draft.now)))
            draft[.modelGroup, id] = group
        }
        return MLReply(["status": "Updated"])
    }

    private func deleteModelGroup(_ id: String) throws -> MLReply {
        try state.update { draft in
            guard let group = draft[.modelGroup, id] else { throw MLError.noModelGroup(id) }
            guard !draft.all(.model).contains(where: { $0.document.text("model_group_id") == id }) else {
                throw MLError.status(409, "Cannot delete the model group when it has associated model versions")
            }
            return MLReply(draft.delete(group, .modelGroup, id))
        }
    }

    private static func nameTaken(_ id: String) -> MLError {
        .illegalArgument("The name you provided is already being used by a model group with ID: \(id).")
    }
}
