import JSON

extension DocumentDraft {
    /// Adds a model that is being registered, with a group if it names none.
    ///
    /// - Parameter own: What only the node needs of it.
    mutating func addModel(_ request: RegisterRequest, own: JSONObject) throws(MLError) -> String {
        var own = own
        let group: String
        if let named = request.group {
            guard self[.modelGroup, named] != nil else { throw .noModelGroup(named) }
            group = named
        } else if let named = modelGroup(named: request.name) {
            group = named
        } else {
            let shared = try request.access.document(for: settings.groupOwner, .modelGroup)
            group = addModelGroup(request.name, description: request.description, shared)
            own["made_group"] = true
        }
        let id = request.wantedID ?? DocumentID.next()
        guard self[.model, id] == nil else {
            throw .illegalArgument("The model id \(id) is taken. Choose another one, or none.")
        }
        var source: JSONObject = [
            "name": .string(request.name), "model_group_id": .string(group),
            "algorithm": .string(request.function.rawValue),
            "model_version": .string("\(nextVersion(in: group))"),
        ]
        if let format = request.format { source["model_format"] = .string(format.rawValue) }
        source["model_state"] = .string(ModelState.registering.rawValue)
        if let size = request.size { source["model_content_size_in_bytes"] = .number(JSONNumber(size)) }
        if let hash = request.hash { source["model_content_hash_value"] = .string(hash) }
        if let configuration = request.configuration { source["model_config"] = .object(configuration.document) }
        if let setting = request.deploySetting { source["deploy_setting"] = .object(setting) }
        if let enabled = request.isEnabled { source["is_enabled"] = .bool(enabled) }
        if let limiter = request.rateLimiter { source["rate_limiter"] = .object(limiter) }
        if let description = request.description { source["description"] = .string(description) }
        source["created_time"] = .number(JSONNumber(Int(now)))
        source["last_updated_time"] = .number(JSONNumber(Int(now)))
        if let chunks = request.totalChunks { source["total_chunks"] = .number(JSONNumber(chunks)) }
        source["is_hidden"] = false
        self[.model, id] = StoredDocument(source, own: own)
        return id
    }

    /// Notes that a model is not in memory any more.
    mutating func markUndeployed(_ id: String, as end: ModelState) {
        guard var model = self[.model, id] else { return }
        model.source["model_state"] = .string(end.rawValue)
        model.source["planning_worker_node_count"] = 0
        model.source["current_worker_node_count"] = 0
        model.source["planning_worker_nodes"] = []
        model.source["last_updated_time"] = .number(JSONNumber(Int(now)))
        if end == .undeployed { model.source["last_undeployed_time"] = .number(JSONNumber(Int(now))) }
        model.own["deploy_task"] = nil
        self[.model, id] = model
    }
}

extension MLCommons {
    static func modelState(of model: StoredDocument) -> ModelState? {
        model.text("model_state").flatMap { ModelState(rawValue: $0) }
    }

    static func function(of model: StoredDocument) -> FunctionName {
        model.text("algorithm").flatMap { FunctionName(rawValue: $0) } ?? .textEmbedding
    }

    /// A model that is there.
    func model(_ id: String) throws(MLError) -> StoredDocument {
        guard let model = state[.model, id] else { throw .noModel(id) }
        return model
    }
}
