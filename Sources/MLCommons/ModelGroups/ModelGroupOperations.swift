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
        let access = try Access(fields)
        let wanted = try fields.text("model_group_id")
        if let wanted { try DocumentID.check(wanted, "model_group_id") }
        let id = try state.update { draft in
            if let taken = draft.modelGroup(named: name) { throw Self.nameTaken(taken) }
            if let wanted, draft[.modelGroup, wanted] != nil {
                throw MLError.illegalArgument("The model group id \(wanted) is taken. Choose another one, or none.")
            }
            return draft.addModelGroup(
                name, description: description, access: access.mode ?? "public", roles: access.roles ?? [], id: wanted)
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
        let access = try Access(fields)
        try state.update { draft in
            guard var group = draft[.modelGroup, id] else { throw MLError.noModelGroup(id) }
            if let name, !SafeText.isBlank(name), name != group.text("name") {
                if let taken = draft.modelGroup(named: name) { throw Self.nameTaken(taken) }
                group.source["name"] = .string(name)
            }
            if let description, !SafeText.isBlank(description) { group.source["description"] = .string(description) }
            if let mode = access.mode {
                group.source["access"] = .string(mode)
                if mode != "restricted" { group.source["backend_roles"] = nil }
            }
            if let roles = access.roles {
                group.source["access"] = "restricted"
                group.source["backend_roles"] = .array(roles.map { .string($0) })
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

/// Who may use a model group, as a request says it.
private struct Access {
    let mode: String?
    let roles: [String]?

    init(_ fields: Fields) throws(MLError) {
        mode = try fields.text("access_mode")?.lowercased()
        roles = try fields.texts("backend_roles").flatMap { $0.isEmpty ? nil : $0 }
        if let mode, !["public", "private", "restricted"].contains(mode) {
            throw .illegalArgument("Wrong access value")
        }
        let all = try fields.bool("add_all_backend_roles") ?? false
        if roles != nil, all {
            throw .illegalArgument("You cannot specify backend roles and add all backend roles at the same time.")
        }
        if mode == "public" || mode == "private", roles != nil || all {
            throw .illegalArgument(
                "You can specify backend roles only for a model group with the restricted access mode.")
        }
        if mode == "restricted", roles == nil, !all {
            throw .illegalArgument(
                "You must specify one or more backend roles or add all backend roles to register a restricted model group."
            )
        }
    }
}
