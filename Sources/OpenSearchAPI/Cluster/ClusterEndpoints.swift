internal import ClusterState
internal import HTTPTypes
internal import JSON

/// `_cluster`: how the node is, and its settings.
struct ClusterEndpoints {
    let node: OpenSearchNode

    private static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout", "local"]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "cluster.health", [.get], ["/_cluster/health", "/_cluster/health/{index}"],
                Self.timeouts + IndicesOptions.parameters + [
                    "awareness_attribute", "level", "wait_for_active_shards", "wait_for_events",
                    "wait_for_no_initializing_shards", "wait_for_no_relocating_shards", "wait_for_nodes",
                    "wait_for_status", "ensure_node_weighed_in",
                ]
            ) { request in try await health(request) },
            Endpoint("cluster.pending_tasks", [.get], ["/_cluster/pending_tasks"], Self.timeouts) { _ in
                // Changes of metadata are made at once, one after the other; none ever waits.
                RestResponse(["tasks": []])
            },
            Endpoint(
                "cluster.get_settings", [.get], ["/_cluster/settings"],
                Self.timeouts + ["flat_settings", "include_defaults"]
            ) { request in try settings(request) },
            Endpoint("cluster.put_settings", [.put], ["/_cluster/settings"], Self.timeouts + ["flat_settings"]) {
                request in try changeSettings(request)
            },
            Endpoint(
                "cluster.state", [.get],
                ["/_cluster/state", "/_cluster/state/{metric}", "/_cluster/state/{metric}/{index}"],
                Self.timeouts + IndicesOptions.parameters + [
                    "flat_settings", "wait_for_metadata_version", "wait_for_timeout",
                ]
            ) { request in try ClusterStateReport(node: node).response(request) },
            Endpoint(
                "cluster.stats", [.get],
                [
                    "/_cluster/stats", "/_cluster/stats/nodes/{node_id}", "/_cluster/stats/{metric}/nodes/{node_id}",
                    "/_cluster/stats/{metric}/{index_metric}/nodes/{node_id}",
                ], Self.timeouts + ["flat_settings"]
            ) { request in ClusterStatistics(node: node).response(request) },
            Endpoint(
                "cluster.allocation_explain", [.get, .post], ["/_cluster/allocation/explain"],
                ["include_disk_info", "include_yes_decisions"]
            ) { request in try AllocationExplanation(node: node).response(request) },
        ]
    }

    // MARK: Health

    private func health(_ request: RestRequest) async throws -> RestResponse {
        let metadata = node.metadata.current
        var options = IndicesOptions.administration
        options.ignoresUnavailable = false
        let indices = try metadata.indices(of: request, options)
        let level = try request.choice("level", ["cluster", "indices", "shards", "awareness_attributes"]) ?? "cluster"
        if level == "awareness_attributes", request.text("awareness_attribute") == nil {
            throw OpenSearchError.validation([
                "level=awareness_attributes is required with awareness_attribute parameter"
            ])
        }
        let open = indices.filter(\.isOpen)
        let isYellow = open.contains { $0.health == "yellow" }
        let status = isYellow ? "yellow" : "green"
        let wanted = try request.choice("wait_for_status", ["green", "yellow", "red"])
        let nodesFit = try Self.nodesFit(request.text("wait_for_nodes"))
        let active = open.reduce(0) { $0 + $1.numberOfShards }
        let activeFit = try request.text("wait_for_active_shards").map { text throws(OpenSearchError) -> Bool in
            if text == "all" { return !isYellow }
            guard let count = Int(text) else {
                throw .illegalArgument("cannot parse ActiveShardCount[\(text)]", causedBy: [.numberFormat(text)])
            }
            return active >= count
        }
        // Nothing on one node changes by waiting: what is not so now will not be.
        let isTimedOut = (wanted == "green" && isYellow) || !nodesFit || activeFit == false
        if isTimedOut {
            let timeout = try request.time("timeout") ?? .seconds(30)
            try await Task.sleep(for: min(timeout, .seconds(1)))
        }
        let replicas = open.reduce(0) { $0 + $1.numberOfShards * $1.numberOfReplicas }
        let percent = active + replicas == 0 ? 100 : 100 * Double(active) / Double(active + replicas)
        var body: JSONObject = [
            "cluster_name": .string(node.clusterName), "status": .string(status), "timed_out": .bool(isTimedOut),
            "number_of_nodes": 1, "number_of_data_nodes": 1, "discovered_master": true,
            "discovered_cluster_manager": true,
        ]
        for (name, value) in Self.counts(active: active, unassigned: replicas) { body[name] = value }
        body["delayed_unassigned_shards"] = 0
        body["number_of_pending_tasks"] = 0
        body["number_of_in_flight_fetch"] = 0
        if request.isHuman { body["task_max_waiting_in_queue"] = "0s" }
        body["task_max_waiting_in_queue_millis"] = 0
        if request.isHuman { body["active_shards_percent"] = .string("\((percent * 10).rounded() / 10)%") }
        body["active_shards_percent_as_number"] = .number(JSONNumber(percent))
        if level == "awareness_attributes" { body["awareness_attributes"] = [:] }
        if level == "indices" || level == "shards" {
            body["indices"] = .object(
                JSONObject(indices.map { (key: $0.name, value: Self.health(of: $0, withShards: level == "shards")) }))
        }
        return RestResponse(.object(body), status: isTimedOut ? 408 : 200)
    }

    private static func counts(active: Int, unassigned: Int) -> JSONObject {
        ShardStatistics.object([
            "active_primary_shards": active, "active_shards": active, "relocating_shards": 0, "initializing_shards": 0,
            "unassigned_shards": unassigned,
        ]).object!
    }

    private static func health(of index: IndexMetadata, withShards: Bool) -> JSONValue {
        let shards = index.numberOfShards
        var body: JSONObject = [
            "status": .string(index.health), "number_of_shards": .number(JSONNumber(shards)),
            "number_of_replicas": .number(JSONNumber(index.numberOfReplicas)),
        ]
        for (name, value) in counts(active: shards, unassigned: shards * index.numberOfReplicas) { body[name] = value }
        if withShards {
            var all = JSONObject()
            for shard in 0..<shards {
                var one = counts(active: 1, unassigned: index.numberOfReplicas)
                one["active_primary_shards"] = nil
                one["status"] = .string(index.health)
                one["primary_active"] = true
                all["\(shard)"] = .object(one)
            }
            body["shards"] = .object(all)
        }
        return .object(body)
    }

    /// Whether one node is what `wait_for_nodes` wants: `1`, `>=1`, `<2`, `ge(1)`.
    private static func nodesFit(_ text: String?) throws(OpenSearchError) -> Bool {
        guard let text else { return true }
        let comparisons: [(String, (Int) -> Bool)] = [
            (">=", { 1 >= $0 }), ("<=", { 1 <= $0 }), ("ge(", { 1 >= $0 }), ("le(", { 1 <= $0 }), ("gt(", { 1 > $0 }),
            ("lt(", { 1 < $0 }), (">", { 1 > $0 }), ("<", { 1 < $0 }), ("", { 1 == $0 }),
        ]
        for (sign, holds) in comparisons where text.hasPrefix(sign) {
            guard let count = Int(text.dropFirst(sign.count).filter { $0 != ")" }) else { break }
            return holds(count)
        }
        throw .illegalArgument("wait_for_nodes [\(text)] is not a count of nodes", causedBy: [.numberFormat(text)])
    }

    // MARK: Settings

    private func settings(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let isFlat = try request.flag("flat_settings")
        let metadata = node.metadata.current
        let persistent = SettingsDocument(flat: metadata.all(.setting))
        let transient = SettingsDocument(flat: metadata.transientSettings)
        var body: JSONObject = [
            "persistent": persistent.object(isFlat: isFlat), "transient": transient.object(isFlat: isFlat),
        ]
        if try request.flag("include_defaults") {
            let defaults = ClusterSettings.defaults.filter { persistent[$0.key] == nil && transient[$0.key] == nil }
            body["defaults"] = SettingsDocument(flat: defaults.mapValues { .string($0) }).object(isFlat: isFlat)
        }
        return RestResponse(.object(body))
    }

    private func changeSettings(_ request: RestRequest) throws -> RestResponse {
        let body = try request.requiredObject()
        var changes: [String: SettingsDocument] = [:]
        for (key, value) in body {
            guard key == "persistent" || key == "transient" else {
                throw OpenSearchError(
                    400, "x_content_parse_exception", "[1:1] [cluster_update_settings_request] unknown field [\(key)]")
            }
            let settings = try SettingsDocument(value.object ?? [:])
            try ClusterSettings.validate(settings, scope: key)
            changes[key] = settings
        }
        guard changes.values.contains(where: { !$0.values.isEmpty }) else {
            throw OpenSearchError.validation(["no settings to update"])
        }
        try node.metadata.update { metadata in
            if let persistent = changes["persistent"] {
                for (name, value) in persistent.values {
                    if name.hasSuffix("*"), value.isNull {
                        for key in metadata.all(.setting).keys where Wildcard.matches(name, key) {
                            metadata[.setting, key] = nil
                        }
                    } else {
                        metadata[.setting, name] = value.isNull ? nil : value
                    }
                }
            }
            if let transient = changes["transient"] {
                var settings = SettingsDocument(flat: metadata.transientSettings)
                settings.merge(transient)
                metadata.transientSettings = settings.values
            }
        }
        let isFlat = try request.flag("flat_settings")
        func echo(_ scope: String) -> JSONValue {
            var kept = SettingsDocument()
            if let change = changes[scope] { kept.merge(change) }
            return kept.object(isFlat: isFlat)
        }
        return RestResponse([
            "acknowledged": true, "persistent": echo("persistent"), "transient": echo("transient"),
        ])
    }
}
