import HTTPTypes
import JSON
import Synchronization

extension MLCommons {
    var statisticsOperations: [MLOperation] {
        [
            MLOperation(
                "get_stats", [.get],
                ["/stats", "/stats/{stat}", "/{node_id}/stats", "/{node_id}/stats/{stat}"]
            ) { [self] request in
                try statistics(nodes: request.parameters["node_id"], wanted: request.parameters["stat"])
            }
        ]
    }

    private static let clusterStatistics = [
        "ml_connector_count", "ml_model_count", "ml_config_index_status", "ml_connector_index_status",
        "ml_controller_index_status", "ml_model_index_status", "ml_task_index_status",
    ]
    private static let nodeStatistics = [
        "ml_executing_task_count", "ml_request_count", "ml_failure_count", "ml_deployed_model_count",
        "ml_circuit_breaker_trigger_count", "ml_jvm_heap_usage",
    ]

    private func statistics(nodes: String?, wanted: String?) throws(MLError) -> MLReply {
        let names = wanted.map { $0.split(separator: ",").map(String.init) }
        if let names {
            let known = Self.clusterStatistics + Self.nodeStatistics
            let unknown = names.filter { !known.contains($0) && $0 != "_all" }
            guard unknown.isEmpty else {
                throw .illegalArgument(
                    "request contains unrecognized stat: [\(unknown.joined(separator: ", "))]; known are \(known.joined(separator: ", "))"
                )
            }
        }
        func has(_ name: String) -> Bool { names.map { $0.contains(name) || $0.contains("_all") } ?? true }
        let models = state.all(.model)
        let tasks = state.all(.task)
        let connectors = state.all(.connector)
        var reply = JSONObject()
        func indexStatus(_ isThere: Bool) -> JSONValue { isThere ? "green" : "non-existent" }
        let cluster: [(String, JSONValue)] = [
            ("ml_connector_count", .number(JSONNumber(connectors.count))),
            ("ml_model_count", .number(JSONNumber(models.count))),
            ("ml_config_index_status", "non-existent"),
            ("ml_connector_index_status", indexStatus(!connectors.isEmpty)),
            ("ml_controller_index_status", indexStatus(!state.all(.controller).isEmpty)),
            ("ml_model_index_status", indexStatus(!models.isEmpty)),
            ("ml_task_index_status", indexStatus(!tasks.isEmpty)),
        ]
        for (name, value) in cluster where has(name) { reply[name] = value }
        guard isSelected(nodes) else {
            reply["nodes"] = [:]
            return MLReply(reply)
        }
        let uses = uses.all
        var node = JSONObject()
        let executing =
            tasks.count { Self.state(of: $0.document) == .running } + uses.values.reduce(0) { $0 + $1.executing }
        let own: [(String, Int)] = [
            ("ml_deployed_model_count", self.uses.loadedCount), ("ml_jvm_heap_usage", 0),
            ("ml_failure_count", uses.values.reduce(0) { $0 + $1.failures }), ("ml_executing_task_count", executing),
            ("ml_circuit_breaker_trigger_count", circuitBreaks.load(ordering: .relaxed)),
            ("ml_request_count", uses.values.reduce(0) { $0 + $1.requests }),
        ]
        for (name, value) in own where has(name) { node[name] = .number(JSONNumber(value)) }
        if names == nil || has("_all") {
            var algorithms = JSONObject()
            for (function, uses) in Dictionary(grouping: uses.values, by: \.function).sorted(by: {
                $0.key.rawValue < $1.key.rawValue
            }) {
                algorithms[function.rawValue.lowercased()] = Self.predictions(uses)
            }
            node["algorithms"] = .object(algorithms)
            var byModel = JSONObject()
            for (id, use) in uses.sorted(by: { $0.key < $1.key }) { byModel[id] = Self.predictions([use]) }
            node["models"] = .object(byModel)
        }
        reply["nodes"] = .object(JSONObject([(key: nodeID, value: .object(node))]))
        return MLReply(reply)
    }

    private static func predictions(_ uses: [ModelUses.Use]) -> JSONValue {
        [
            "predict": [
                "ml_action_request_count": .number(JSONNumber(uses.reduce(0) { $0 + $1.requests })),
                "ml_action_failure_count": .number(JSONNumber(uses.reduce(0) { $0 + $1.failures })),
                "ml_executing_task_count": .number(JSONNumber(uses.reduce(0) { $0 + $1.executing })),
            ]
        ]
    }

    /// Whether a list of node ids means the one node.
    private func isSelected(_ nodes: String?) -> Bool {
        guard let nodes else { return true }
        return nodes.split(separator: ",").contains { ["_all", "_local", nodeID[...]].contains($0) }
    }
}
