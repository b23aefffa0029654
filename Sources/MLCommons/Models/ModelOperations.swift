import HTTPTypes
import JSON

extension MLCommons {
    var modelOperations: [MLOperation] {
        [
            MLOperation(
                "register_model", [.post], ["/models/_register", "/models/_upload"],
                parameters: ["deploy_model", "load_model"]
            ) { [self] request in
                let deploys = try request.flag("deploy_model") || request.flag("load_model")
                return try register(try request.requiredFields(), deploys: deploys)
            },
            // Version and name in the path, as the first versions had them.
            MLOperation(
                "register_model_version", [.post], ["/models/{name}/{version}/_register"],
                parameters: ["deploy_model", "load_model"]
            ) { [self] request in
                var object = try request.requiredFields().object
                object["name"] = .string(request.path("name"))
                object["version"] = .string(request.path("version"))
                let deploys = try request.flag("deploy_model") || request.flag("load_model")
                return try register(Fields(object), deploys: deploys)
            },
            MLOperation("get_model", [.get], ["/models/{model_id}"], parameters: ["return_content"]) {
                [self] request in
                MLReply(try model(request.path("model_id")).source)
            },
            MLOperation("update_model", [.put], ["/models/{model_id}"]) { [self] request in
                try updateModel(request.path("model_id"), try request.requiredFields())
            },
            MLOperation("delete_model", [.delete], ["/models/{model_id}"]) { [self] request in
                try deleteModel(request.path("model_id"))
            },
            search("search_models", "/models/_search", .model) { document, _ in document.source },
        ]
    }

    private func updateModel(_ id: String, _ fields: Fields) throws -> MLReply {
        let name = try fields.text("name")
        let description = try fields.text("description")
        let group = try fields.text("model_group_id")
        let isEnabled = try fields.bool("is_enabled")
        let limiter = try fields.fields("rate_limiter").map { fields throws(MLError) in try RateLimit.document(fields) }
        let setting = try fields.fields("deploy_setting").map { fields throws(MLError) in
            try DeploySetting.document(fields)
        }
        let configuration = try fields.fields("model_config")
        let problems =
            SafeText.problems(of: name, "Model name", isRequired: false)
            + SafeText.problems(of: description, "Model description", isRequired: false)
        guard problems.isEmpty else { throw MLError.validation(problems) }
        let reply: JSONObject = try state.update { draft in
            guard var model = draft[.model, id] else {
                throw MLError.status(404, "Failed to find model to update with the provided model id: \(id)")
            }
            let current = Self.modelState(of: model)
            guard current != .deploying else {
                throw MLError.status(
                    409, "Model is deploying. Please wait for the model to complete deployment. model ID \(id)")
            }
            if let configuration {
                guard current == .registered || current == .undeployed || current == .deployFailed else {
                    throw MLError.status(
                        403,
                        "Undeploy the model before its model_config is changed: a model in memory keeps the one that it was loaded with. model ID \(id)"
                    )
                }
                let fixed = configuration.object.keys.filter { !Self.changeableOfFolders.contains($0) }
                guard model.own["place"] == nil || fixed.isEmpty else {
                    throw MLError.illegalArgument(
                        "[model_config.\(fixed.sorted()[0])] is what the files of this model say; of a model that was registered from a folder only \(Self.changeableOfFolders.joined(separator: ", ")) can be changed"
                    )
                }
                let old = model.source["model_config"]?.object ?? [:]
                model.source["model_config"] = .object(
                    try ModelConfiguration(configuration, over: old, for: Self.function(of: model)).document)
                model.own["describes"] = nil
            }
            if let group, !group.isEmpty, group != model.text("model_group_id") {
                guard draft[.modelGroup, group] != nil else { throw MLError.noModelGroup(group) }
                model.source["model_group_id"] = .string(group)
                model.source["model_version"] = .string("\(draft.nextVersion(in: group))")
            }
            if let name, !SafeText.isBlank(name) { model.source["name"] = .string(name) }
            if let description { model.source["description"] = .string(description) }
            if let isEnabled { model.source["is_enabled"] = .bool(isEnabled) }
            if let limiter {
                var merged = model.source["rate_limiter"]?.object ?? [:]
                for (name, value) in limiter { merged[name] = value }
                model.source["rate_limiter"] = .object(merged)
            }
            if let setting { model.source["deploy_setting"] = .object(setting) }
            try updateConnector(of: &model, fields)
            model.source["last_updated_time"] = .number(JSONNumber(Int(draft.now)))
            return draft.replace(model, .model, id)
        }
        return MLReply(reply)
    }

    /// What is read from `model_config` also where the files describe the model.
    private static let changeableOfFolders = [
        "query_prefix", "passage_prefix", "model_max_length", "additional_config",
    ]

    private func deleteModel(_ id: String) throws -> MLReply {
        try checkPipelines(of: id)
        let (model, reply) = try state.update { draft in
            guard let model = draft[.model, id] else { throw MLError.status(404, "Failed to find model") }
            guard !(Self.modelState(of: model)?.isInUse ?? false) else {
                throw MLError.illegalArgument(
                    "Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete")
            }
            if Self.modelState(of: model) == .registering,
                let task = registrations.task(bringing: model.own["content"]?.string)
            {
                draft.end(task: task, .failed, error: "The model was deleted while it was being registered.")
                // Before anybody can register another model of this id.
                jobs.cancel(id)
            }
            takeFromMemory(id)
            draft[.controller, id] = nil
            return (model, draft.delete(model, .model, id))
        }
        if let content = model.own["content"]?.string { contents.remove(content) }
        uses.forget(id)
        userLimits.forget(id)
        return MLReply(reply)
    }
}
