internal import ClusterState
internal import HTTPTypes
internal import Ingest
internal import JSON
internal import Pipelines

/// `_nodes`: the one node, its statistics and its threads.
struct NodeEndpoints {
    let node: OpenSearchNode

    private static let statisticsParameters = [
        "timeout", "completion_fields", "fielddata_fields", "fields", "groups", "level", "types",
        "include_segment_file_sizes",
    ]
    private static let threadParameters = [
        "ignore_idle_threads", "interval", "snapshots", "threads", "timeout", "type",
    ]
    private static let informationMetrics: Set<String> = [
        "settings", "os", "process", "jvm", "thread_pool", "transport", "http", "plugins", "ingest", "aggregations",
        "indices", "search_pipelines",
    ]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "nodes.info", [.get], ["/_nodes", "/_nodes/{node_id_or_metric}", "/_nodes/{node_id}/{metric}"],
                ["timeout", "flat_settings"]
            ) { request in
                var metrics = request.list("metric")
                var selection = request.list("node_id")
                if let word = request.list("node_id_or_metric") {
                    if word.allSatisfy({ Self.informationMetrics.contains($0) || $0 == "_all" }) {
                        metrics = word
                    } else {
                        selection = word
                    }
                }
                return reply(selection, information(metrics.map(Set.init)))
            },
            Endpoint(
                "nodes.stats", [.get],
                [
                    "/_nodes/stats", "/_nodes/stats/{metric}", "/_nodes/stats/{metric}/{index_metric}",
                    "/_nodes/{node_id}/stats", "/_nodes/{node_id}/stats/{metric}",
                    "/_nodes/{node_id}/stats/{metric}/{index_metric}",
                ], Self.statisticsParameters
            ) { request in
                reply(request.list("node_id"), statistics(request))
            },
            Endpoint(
                "nodes.usage", [.get],
                [
                    "/_nodes/usage", "/_nodes/usage/{metric}", "/_nodes/{node_id}/usage",
                    "/_nodes/{node_id}/usage/{metric}",
                ], ["timeout"]
            ) { request in
                let metrics = request.list("metric")
                func has(_ name: String) -> Bool { metrics.map { $0.contains(name) || $0.contains("_all") } ?? true }
                var body: JSONObject = [
                    "timestamp": .number(JSONNumber(Int(Clock.milliseconds))),
                    "since": .number(JSONNumber(Int(node.started))),
                ]
                if has("rest_actions") { body["rest_actions"] = [:] }
                if has("aggregations") { body["aggregations"] = [:] }
                return reply(request.list("node_id"), body)
            },
            Endpoint(
                "nodes.hot_threads", [.get],
                [
                    "/_nodes/hot_threads", "/_nodes/hotthreads", "/_nodes/{node_id}/hot_threads",
                    "/_nodes/{node_id}/hotthreads", "/_cluster/nodes/hot_threads", "/_cluster/nodes/hotthreads",
                    "/_cluster/nodes/{node_id}/hot_threads", "/_cluster/nodes/{node_id}/hotthreads",
                ], Self.threadParameters
            ) { _ in
                var text = "::: {\(node.name)}{\(node.id)}{\(node.address)}\n   Requests that are worked on:\n"
                for pool in WorkPool.allCases {
                    let load = node.threads.load(of: pool)
                    text +=
                        "   \(load.active) of \(load.threads) threads of pool '\(pool.rawValue)', \(load.queued) waiting\n"
                }
                return RestResponse(.text(text))
            },
        ]
    }

    private func reply(_ filters: [String]?, _ body: JSONObject) -> RestResponse {
        guard node.isSelected(filters) else {
            return RestResponse([
                "_nodes": ["total": 0, "successful": 0, "failed": 0], "cluster_name": .string(node.clusterName),
                "nodes": [:],
            ])
        }
        return RestResponse([
            "_nodes": OpenSearchNode.counts, "cluster_name": .string(node.clusterName),
            "nodes": .object(JSONObject([(key: node.id, value: .object(body))])),
        ])
    }

    private func information(_ metrics: Set<String>?) -> JSONObject {
        func has(_ name: String) -> Bool { metrics.map { $0.contains(name) || $0.contains("_all") } ?? true }
        var body = node.summary
        body["version"] = .string(OpenSearchNode.compatibleVersion)
        body["build_type"] = "needletail"
        body["build_hash"] = "unknown"
        if has("process") {
            body["process"] = [
                "refresh_interval_in_millis": 1000, "id": .number(JSONNumber(ProcessFacts.id)), "mlockall": false,
            ]
        }
        if has("http") {
            body["http"] = [
                "bound_address": [.string(node.address)], "publish_address": .string(node.address),
                "max_content_length_in_bytes": .number(JSONNumber(64 << 20)),
            ]
        }
        if has("plugins") {
            body["plugins"] = []
            body["modules"] = []
        }
        if has("ingest") {
            body["ingest"] = ["processors": .array(IngestProcessors.names.map { ["type": .string($0)] })]
        }
        if has("search_pipelines") {
            body["search_pipelines"] = .object(
                JSONObject(
                    SearchPipeline.knownTypes.map { list, types in
                        (list, .array(types.map { ["type": .string($0)] }))
                    }))
        }
        return body
    }

    private func statistics(_ request: RestRequest) -> JSONObject {
        let metrics = request.list("metric")
        func has(_ name: String) -> Bool { metrics.map { $0.contains(name) || $0.contains("_all") } ?? true }
        var body: JSONObject = ["timestamp": .number(JSONNumber(Int(Clock.milliseconds)))]
        for (name, value) in node.summary { body[name] = value }
        if has("indices") {
            let open = node.metadata.current.indices.values.filter(\.isOpen)
            let sum = open.reduce(ShardStatistics()) { $0 + node.statistics(of: $1) }
            let sections = request.list("index_metric").map(Set.init).flatMap { $0.contains("_all") ? nil : $0 }
            body["indices"] = .object(sum.document(sections, isHuman: request.isHuman))
        }
        if has("ingest") { body["ingest"] = node.ingestStatistics(isHuman: request.isHuman) }
        if has("thread_pool") {
            var pools = JSONObject()
            for pool in WorkPool.allCases {
                let load = node.threads.load(of: pool)
                pools[pool.rawValue] = ShardStatistics.object([
                    "threads": load.threads, "queue": load.queued, "active": load.active, "rejected": load.rejected,
                    "largest": load.threads, "completed": load.completed,
                ])
            }
            body["thread_pool"] = .object(pools)
        }
        if has("search_pipeline") { body["search_pipeline"] = node.pipelineStatisticsJSON }
        if has("process") {
            body["process"] = [
                "timestamp": .number(JSONNumber(Int(Clock.milliseconds))),
                "mem": ["total_virtual_in_bytes": .number(JSONNumber(ProcessFacts.residentBytes))],
            ]
        }
        return body
    }
}

extension OpenSearchNode {
    /// Whether a list of node filters reaches the one node.
    func isSelected(_ filters: [String]?) -> Bool {
        guard let filters, !filters.isEmpty else { return true }
        return filters.contains { filter in
            if let colon = filter.firstIndex(of: ":") {
                let role = filter[..<colon]
                return ["data", "master", "cluster_manager", "ingest"].contains(String(role))
                    && filter.hasSuffix(":true")
            }
            return ["_all", "_local", "local", "_master", "_cluster_manager"].contains(filter)
                || Wildcard.matches(filter, id) || Wildcard.matches(filter, name) || Wildcard.matches(filter, host)
        }
    }
}
