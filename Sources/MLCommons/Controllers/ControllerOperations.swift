import HTTPTypes
import JSON

extension MLCommons {
    var controllerOperations: [MLOperation] {
        let path = "/controllers/{model_id}"
        return [
            MLOperation("create_controller", [.post], [path]) { [self] request in
                try createController(request.path("model_id"), try request.requiredFields())
            },
            MLOperation("get_controller", [.get], [path]) { [self] request in
                try checkControllers()
                guard let controller = state[.controller, request.path("model_id")] else { throw Self.noController }
                return MLReply(controller.source)
            },
            MLOperation("update_controller", [.put], [path]) { [self] request in
                try updateController(request.path("model_id"), try request.requiredFields())
            },
            MLOperation("delete_controller", [.delete], [path]) { [self] request in
                try deleteController(request.path("model_id"))
            },
        ]
    }

    private static var noController: MLError {
        .status(404, "Failed to find model controller with the provided model ID")
    }

    private func checkControllers() throws(MLError) {
        guard state.settings.flag(MLSetting.controlsModels) else {
            throw MLError(
                500, "illegal_state_exception",
                "Controller is currently disabled. To enable it, update the setting \"\(MLSetting.controlsModels.name)\" to true."
            )
        }
    }

    private func createController(_ id: String, _ fields: Fields) throws -> MLReply {
        try checkControllers()
        let limits = try Self.limits(fields)
        let isNew = try state.update { draft in
            guard var model = draft[.model, id] else {
                throw MLError.status(
                    404, "Failed to find model to create the corresponding model controller with the provided model ID")
            }
            try Self.checkControllable(model)
            guard Self.modelState(of: model) != .deploying else {
                throw MLError.status(
                    409,
                    "Creating a model controller during its corresponding model in DEPLOYING state is not allowed, please either create the model controller after it is deployed or before deploying it. Model ID: \(id)"
                )
            }
            let old = draft[.controller, id]
            var controller = old ?? StoredDocument(JSONObject())
            controller.source = ["model_id": .string(id), "user_rate_limiter": .object(limits)]
            draft[.controller, id] = controller
            model.source["is_controller_enabled"] = true
            draft[.model, id] = model
            return old == nil
        }
        userLimits.forget(id)
        return MLReply(["model_id": .string(id), "status": isNew ? "CREATED" : "UPDATED"])
    }

    private func updateController(_ id: String, _ fields: Fields) throws -> MLReply {
        try checkControllers()
        let limits = try Self.limits(fields)
        let reply: JSONObject = try state.update { draft in
            guard let model = draft[.model, id] else {
                throw MLError.status(
                    404, "Failed to find model to create the corresponding model controller with the provided model ID")
            }
            try Self.checkControllable(model)
            guard var controller = draft[.controller, id] else {
                throw MLError.status(
                    409,
                    "Model controller haven't been created for the model. Consider calling create model controller api instead. Model ID: \(id)"
                )
            }
            var users = controller.source["user_rate_limiter"]?.object ?? [:]
            for (user, limit) in limits {
                var merged = users[user]?.object ?? [:]
                for (name, value) in limit.object ?? [:] { merged[name] = value }
                users[user] = .object(merged)
            }
            controller.source["user_rate_limiter"] = .object(users)
            return draft.replace(controller, .controller, id)
        }
        userLimits.forget(id)
        return MLReply(reply)
    }

    private func deleteController(_ id: String) throws -> MLReply {
        try checkControllers()
        let reply: JSONObject = try state.update { draft in
            guard let controller = draft[.controller, id] else { throw Self.noController }
            let reply = draft.delete(controller, .controller, id)
            if var model = draft[.model, id] {
                model.source["is_controller_enabled"] = false
                draft[.model, id] = model
            }
            return reply
        }
        userLimits.forget(id)
        return MLReply(reply)
    }

    private static func checkControllable(_ model: StoredDocument) throws(MLError) {
        let function = function(of: model)
        guard function == .textEmbedding || function == .remote else {
            throw .status(
                403,
                "Creating model controller on this operation on the function category \(function.rawValue) is not supported."
            )
        }
    }

    private static func limits(_ fields: Fields) throws(MLError) -> JSONObject {
        var limits = JSONObject()
        guard let users = try fields.fields("user_rate_limiter") else { return limits }
        for user in users.object.keys {
            if let limit = try users.fields(user) { limits[user] = .object(try RateLimit.document(limit)) }
        }
        return limits
    }
}
