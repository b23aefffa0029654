import HTTPTypes
import JSON

extension MLCommons {
    var deploymentOperations: [MLOperation] {
        [
            MLOperation("deploy_model", [.post], ["/models/{model_id}/_deploy", "/models/{model_id}/_load"]) {
                [self] request in
                let nodes = try request.fields().texts("node_ids") ?? []
                let task = try deploy(request.path("model_id"), nodes: nodes)
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
            if !nodes.isEmpty {
                guard settings.flag(MLSetting.allowsDeploymentPlans) else {
                    throw MLError.illegalArgument("Don't allow custom deployment plan")
                }
                guard nodes.contains(nodeID) else { throw MLError.illegalArgument("no eligible node found") }
            }
            let task = draft.addTask(.deployModel, Self.function(of: model), model: id, node: nodeID)
            let current = Self.modelState(of: model)
            if current != .deployed, current != .deploying, current != .registering {
                draft.markDeploying(id, task: task, node: nodeID, onAllNodes: nodes.isEmpty)
            }
            return task
        }
        jobs.run(for: id) { [self] in await runDeployment(of: id, task: task) }
        return task
    }

    /// The work of a deployment; a model's registration is over when it begins.
    func runDeployment(of id: String, task: String) async {
        do {
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
            if Task.isCancelled { return }
            let reason =
                switch error {
                case let error as RegistrationError: error.reason
                case let error as ModelHostError: error.reason
                default: "\(error)"
                }
            _ = try? state.update { draft in
                if draft[.model, id]?.own["deploy_task"]?.string == task {
                    draft.markUndeployed(id, as: .deployFailed)
                }
                draft.end(task: task, .failed, error: Self.nodeError(nodeID, reason))
            }
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
        let settings = state.settings
        guard uses.loadedCount(without: id) < max(1, settings.integer(MLSetting.maximumModels)) else {
            throw ModelHostError(
                429,
                "Exceed max local model per node limit: \(MLSetting.maximumModels.name) is \(settings.integer(MLSetting.maximumModels)). Undeploy another model, or raise the setting."
            )
        }
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
        try Task.checkCancellation()
        try await host.load(
            HostedModel(
                id: id, function: function, path: path, maximumLength: configuration?["model_max_length"]?.int))
        uses.loaded(id, function, at: state.now())
    }

    /// - Returns: Whether it was there.
    @discardableResult
    private func takeFromMemory(_ id: String) -> Bool {
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
        for (id, lastUse) in uses.lastUses {
            guard let minutes = state[.model, id]?.source["deploy_setting"]?["model_ttl_minutes"]?.int, minutes >= 0,
                now - lastUse >= Int64(minutes) * 60_000
            else { continue }
            _ = try? undeploy(id)
        }
    }
}

extension DocumentDraft {
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
