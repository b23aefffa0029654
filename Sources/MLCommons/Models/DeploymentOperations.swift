import HTTPTypes
import JSON

extension MLCommons {
    var deploymentOperations: [MLOperation] {
        [
            MLOperation("deploy_model", [.post], ["/models/{model_id}/_deploy", "/models/{model_id}/_load"]) {
                [self] request in
                let nodes = try request.fields().texts("node_ids") ?? []
                let id = request.path("model_id")
                if state[.model, id].map(Self.function) == .remote {
                    let task = try deployRemote(id)
                    return MLReply(["task_id": .string(task), "task_type": "DEPLOY_MODEL", "status": "COMPLETED"])
                }
                let task = try deploy(id, nodes: nodes)
                return MLReply(["task_id": .string(task), "task_type": "DEPLOY_MODEL", "status": "CREATED"])
            },
            MLOperation("undeploy_model", [.post], ["/models/{model_id}/_undeploy", "/models/{model_id}/_unload"]) {
                [self] request in
                try undeploy([request.path("model_id")], nodes: try request.fields().texts("node_ids"))
            },
            MLOperation("undeploy_models", [.post], ["/models/_undeploy", "/models/_unload"]) { [self] request in
                let fields = try request.fields()
                guard let models = try fields.texts("model_ids"), !models.isEmpty else {
                    throw MLError.illegalArgument("Must set specific model ids to undeploy")
                }
                return try undeploy(models, nodes: try fields.texts("node_ids"))
            },
        ]
    }

    /// Begins to deploy a model.
    ///
    /// - Returns: The id of the task.
    func deploy(_ id: String, nodes: [String]) throws -> String {
        let settings = state.settings
        guard settings.flag(MLSetting.runsLocalModels) else { throw Self.localModelsAreOff }
        let task = try state.update { draft in
            guard let model = draft[.model, id] else { throw MLError.noModel(id) }
            try check(nodes: nodes, settings)
            return draft.addDeployment(of: id, model, node: nodeID, onAllNodes: nodes.isEmpty)
        }
        startDeployment(of: id, task: task)
        return task
    }

    /// Whether a model may be deployed on some nodes; none stands for all.
    func check(nodes: [String], _ settings: MLSettings) throws(MLError) {
        guard !nodes.isEmpty else { return }
        guard settings.flag(MLSetting.allowsDeploymentPlans) else {
            throw .illegalArgument("Don't allow custom deployment plan")
        }
        guard nodes.contains(nodeID) else { throw .illegalArgument("no eligible node found") }
    }

    /// Takes a deployment that is written down into work.
    ///
    /// - Parameter other: a model whose deployment comes first.
    func startDeployment(of id: String, task: String, after other: String? = nil) {
        deployments.began(task, model: id, at: state.now())
        jobs.run(for: id, after: other) { [self] in await runDeployment(of: id, task: task) }
    }

    /// The work of a deployment; a model's registration is over when it begins.
    private func runDeployment(of id: String, task: String) async {
        defer { deployments.ended(task) }
        let content = state[.model, id]?.own["content"]?.string
        do {
            guard deployments.place(of: task) < max(1, state.settings.integer(MLSetting.maximumDeployments)) else {
                throw ModelHostError(429, "exceed max running task limit")
            }
            guard let ticket = try beginDeployment(of: id, task: task) else { return }
            try await load(id)
            let isWanted = try state.update { draft in
                guard var model = draft[.model, id], model.own["deploy_task"]?.string == ticket else {
                    takeFromMemory(id)
                    return false
                }
                model.source["model_state"] = .string(ModelState.deployed.rawValue)
                model.source["last_deployed_time"] = .number(JSONNumber(Int(draft.now)))
                model.source["last_updated_time"] = .number(JSONNumber(Int(draft.now)))
                model.source["current_worker_node_count"] = 1
                model.source["auto_redeploy_retry_times"] = 0
                model.own["deploy_task"] = nil
                draft[.model, id] = model
                draft.end(task: task, .completed)
                return true
            }
            if !isWanted {
                throw ModelHostError(400, "The model was undeployed while it was being deployed.")
            }
        } catch {
            // The server stops: the next start takes the task up again.
            if jobs.isStopping { return }
            let reason =
                switch error {
                case let error as RegistrationError: error.reason
                case let error as ModelHostError: error.reason
                case let error as MLError: error.reason
                default: "\(error)"
                }
            await insist { [self] draft in
                if draft[.model, id]?.own["deploy_task"]?.string == task {
                    // It may be in memory, if only that could not be written down.
                    takeFromMemory(id)
                    draft.markUndeployed(id, as: .deployFailed)
                }
                draft.end(task: task, .failed, error: Self.nodeError(nodeID, reason))
            }
            // Whoever deleted the model meanwhile did not see what was written since.
            if let content, state[.model, id]?.own["content"]?.string != content { contents.remove(content) }
        }
    }

    /// Notes that the task is at work.
    ///
    /// - Returns: What the model is marked with as long as nobody undeploys it; nil if there is nothing to do.
    private func beginDeployment(of id: String, task: String) throws -> String? {
        try state.update { draft in
            guard let model = draft[.model, id] else {
                throw ModelHostError(404, "The model was deleted before it was deployed.")
            }
            switch Self.modelState(of: model) {
            case .deployed where uses.isLoaded(id):
                draft.end(task: task, .completed)
                return nil
            case .registering:
                throw ModelHostError(
                    400,
                    "The model is not complete yet. Upload its other chunks, or wait until its registration is over.")
            case .deploying where model.own["deploy_task"]?.string == task: break
            case .deploying, .undeployed, .registered, .deployFailed, .deployed, nil:
                draft.markDeploying(id, task: task, node: nodeID, onAllNodes: true)
            }
            guard var running = draft[.task, task] else { return task }
            running.source["state"] = .string(TaskState.running.rawValue)
            running.source["last_update_time"] = .number(JSONNumber(Int(draft.now)))
            draft[.task, task] = running
            return task
        }
    }

    /// Brings a model into memory.
    private func load(_ id: String) async throws {
        var model = try model(id)
        if Self.function(of: model) == .remote {
            _ = try remoteConnector(of: id)
            return uses.loaded(id, .remote, at: state.now())
        }
        let settings = state.settings
        guard uses.reserve(id, among: max(1, settings.integer(MLSetting.maximumModels))) else {
            throw ModelHostError(
                429,
                "Exceed max local model per node limit: \(MLSetting.maximumModels.name) is \(settings.integer(MLSetting.maximumModels)). Undeploy another model, or raise the setting."
            )
        }
        defer { uses.release(id) }
        try joinUpload(model, id)
        model = try self.model(id)
        let function = Self.function(of: model)
        let configuration = model.source["model_config"]?.object
        let path: String
        if let place = model.own["place"]?.string {
            path = place
        } else if let content = model.own["content"]?.string {
            path = contents.archive(content)
            if model.own["describes"] == nil {
                let format = model.text("model_format").flatMap { ModelFormat(rawValue: $0) }
                try contents.write(
                    Self.description(
                        name: model.text("name") ?? id, function: function, format: format,
                        configuration: configuration), of: content)
            }
        } else {
            throw ModelHostError(500, "Nothing is known of the model's files. Delete it and register it again.")
        }
        guard ModelContents.exists(path) else {
            throw ModelHostError(
                400, "The model's files are gone (\(path)). Put them back, or delete the model and register it again.")
        }
        try checkMemory(for: model.source["model_content_size_in_bytes"]?.int ?? 0)
        if model.own["content"] != nil, model.own["place"] == nil, let hash = model.text("model_content_hash_value") {
            let sha256 = try ModelArchive.digest(path).sha256
            guard sha256 == hash.lowercased() else {
                throw ModelHostError(
                    400,
                    "model content changed: the SHA-256 of the file is \(sha256), and it was registered with \(hash). Delete the model and register it again."
                )
            }
        }
        try Task.checkCancellation()
        try await host.load(
            HostedModel(
                id: id, function: function, path: path, maximumLength: configuration?["model_max_length"]?.int))
        uses.loaded(id, function, at: state.now())
    }

    /// - Returns: Whether it was there.
    @discardableResult
    func takeFromMemory(_ id: String) -> Bool {
        host.unload(id)
        return uses.unloaded(id)
    }

    /// Takes models out of memory.
    ///
    /// - Parameter nodes: The nodes that are meant; nil or none means all.
    private func undeploy(_ ids: [String], nodes: [String]?) throws -> MLReply {
        if let nodes, !nodes.isEmpty, !nodes.contains(nodeID) { return MLReply([:]) }
        var stats = JSONObject()
        for id in ids {
            stats[id] = .string(try undeploy(id) ? "undeployed" : "not_found")
        }
        let node: JSONValue = ["stats": .object(stats)]
        return MLReply(JSONObject([(key: nodeID, value: node)]))
    }

    /// - Returns: Whether it was in memory.
    private func undeploy(_ id: String) throws -> Bool {
        try state.update { draft in
            // Under the lock of the state, so that no deployment ends in between.
            let wasLoaded = takeFromMemory(id)
            guard let model = draft[.model, id], Self.modelState(of: model) != .registering else { return wasLoaded }
            if let task = model.own["deploy_task"]?.string {
                draft.end(
                    task: task, .failed,
                    error: Self.nodeError(nodeID, "The model was undeployed while it was being deployed."))
            }
            draft.markUndeployed(id, as: .undeployed)
            return wasLoaded
        }
    }

    /// Takes out of memory what nobody has used for as long as its `deploy_setting.model_ttl_minutes` says.
    package func undeployUnused() {
        let now = state.now()
        for (id, lastUse) in uses.idle {
            guard let minutes = state[.model, id]?.source["deploy_setting"]?["model_ttl_minutes"]?.int, minutes >= 0,
                now - lastUse >= Int64(minutes) * 60_000
            else { continue }
            _ = try? undeploy(id)
        }
    }
}

extension DocumentDraft {
    /// Adds a task that deploys a model, and marks the model where that makes a difference.
    ///
    /// - Returns: The task.
    mutating func addDeployment(
        of id: String, _ model: StoredDocument, node: String, onAllNodes: Bool
    ) -> String {
        let task = addTask(.deployModel, MLCommons.function(of: model), model: id, node: node)
        switch MLCommons.modelState(of: model) {
        case .deployed, .deploying, .registering: break
        default: markDeploying(id, task: task, node: node, onAllNodes: onAllNodes)
        }
        return task
    }

    /// Notes that a model is being deployed.
    fileprivate mutating func markDeploying(_ id: String, task: String, node: String, onAllNodes: Bool) {
        guard var model = self[.model, id] else { return }
        model.source["model_state"] = .string(ModelState.deploying.rawValue)
        model.source["planning_worker_node_count"] = 1
        model.source["current_worker_node_count"] = 0
        model.source["planning_worker_nodes"] = [.string(node)]
        model.source["deploy_to_all_nodes"] = .bool(onAllNodes)
        model.source["last_updated_time"] = .number(JSONNumber(Int(now)))
        model.own["deploy_task"] = .string(task)
        self[.model, id] = model
    }
}
