import HTTPTypes
import JSON

extension MLCommons {
    var profileOperations: [MLOperation] {
        [
            MLOperation("get_profile", [.get], ["/profile"]) { [self] request in
                let fields = try request.fields()
                let (models, tasks) = (try fields.texts("model_ids"), try fields.texts("task_ids"))
                // Without a choice, everything is told.
                let allModels = try fields.bool("return_all_models")
                let allTasks = try fields.bool("return_all_tasks")
                let isOpen = models == nil && tasks == nil && allModels == nil && allTasks == nil
                return profile(
                    nodes: try fields.texts("node_ids"), models: isOpen || allModels ?? false ? nil : models ?? [],
                    tasks: isOpen || allTasks ?? false ? nil : tasks ?? [])
            },
            MLOperation("get_profile_models", [.get], ["/profile/models", "/profile/models/{model_id}"]) {
                [self] request in
                profile(
                    nodes: try request.fields().texts("node_ids"), models: Self.list(request.parameters["model_id"]),
                    tasks: [])
            },
            MLOperation("get_profile_tasks", [.get], ["/profile/tasks", "/profile/tasks/{task_id}"]) {
                [self] request in
                profile(
                    nodes: try request.fields().texts("node_ids"), models: [],
                    tasks: Self.list(request.parameters["task_id"]))
            },
        ]
    }

    private static func list(_ text: String?) -> [String]? { text.map { $0.split(separator: ",").map(String.init) } }

    /// - Parameters:
    ///   - nodes: The nodes that are meant; nil or none means all.
    ///   - models: The models that are meant; nil means all.
    ///   - tasks: The tasks that are meant; nil means all.
    private func profile(nodes: [String]?, models: [String]?, tasks: [String]?) -> MLReply {
        if let nodes, !nodes.isEmpty, !nodes.contains(nodeID) { return MLReply(["nodes": [:]]) }
        var node = JSONObject()
        var shownTasks = JSONObject()
        for (id, task) in state.all(.task) where !(Self.state(of: task)?.isOver ?? true) {
            if tasks?.contains(id) ?? true { shownTasks[id] = .object(shown(task, id)) }
        }
        if !shownTasks.isEmpty { node["tasks"] = .object(shownTasks) }
        var shownModels = JSONObject()
        let uses = uses.all
        for (id, model) in state.all(.model) where models?.contains(id) ?? true {
            guard self.uses.isLoaded(id) || Self.modelState(of: model) == .deploying else { continue }
            shownModels[id] = .object(profile(of: model, id, uses[id]))
        }
        if !shownModels.isEmpty { node["models"] = .object(shownModels) }
        guard !node.isEmpty else { return MLReply(["nodes": [:]]) }
        return MLReply(["nodes": .object(JSONObject([(key: nodeID, value: .object(node))]))])
    }

    private func profile(of model: StoredDocument, _ id: String, _ use: ModelUses.Use?) -> JSONObject {
        var shown: JSONObject = ["model_state": model.source["model_state"] ?? .null]
        if uses.isLoaded(id) {
            shown["predictor"] = .string("needletail.\(Self.function(of: model).rawValue.lowercased())")
        }
        shown["target_worker_nodes"] = [.string(nodeID)]
        shown["worker_nodes"] = uses.isLoaded(id) ? [.string(nodeID)] : []
        if let size = model.source["model_content_size_in_bytes"] { shown["memory_size_estimation_cpu"] = size }
        let durations = (use?.durations ?? []).sorted()
        if let least = durations.first, let most = durations.last {
            func percentile(_ part: Double) -> JSONValue {
                let position = Int((Double(durations.count) * part).rounded(.up)) - 1
                return .number(JSONNumber(durations[max(0, min(durations.count - 1, position))]))
            }
            shown["predict_request_stats"] = [
                "count": .number(JSONNumber(durations.count)), "max": .number(JSONNumber(most)),
                "min": .number(JSONNumber(least)),
                "average": .number(JSONNumber(durations.reduce(0, +) / Double(durations.count))),
                "p50": percentile(0.5), "p90": percentile(0.9), "p99": percentile(0.99),
            ]
        }
        return shown
    }
}
