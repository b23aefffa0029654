internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Routing

/// Refreshing, flushing, merging, and what indices count of themselves.
struct MaintenanceEndpoints {
    let node: OpenSearchNode

    private static let statisticsParameters = [
        "completion_fields", "expand_wildcards", "fielddata_fields", "fields", "forbid_closed_indices", "groups",
        "include_segment_file_sizes", "include_unloaded_segments", "level", "ignore_unavailable", "allow_no_indices",
    ]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "indices.refresh", [.get, .post], ["/_refresh", "/{index}/_refresh"], IndicesOptions.parameters,
                pool: .write
            ) {
                request in try each(request) { try node.refresh([$0]) }
            },
            Endpoint(
                "indices.flush", [.get, .post], ["/_flush", "/{index}/_flush"],
                IndicesOptions.parameters + ["force", "wait_if_ongoing"], pool: .write
            ) { request in
                if try request.flag("force"), try !request.flag("wait_if_ongoing", default: true) {
                    throw OpenSearchError.validation(["wait_if_ongoing must be true for a force flush"])
                }
                return try each(request) { try node.flush($0) }
            },
            Endpoint(
                "indices.forcemerge", [.post], ["/_forcemerge", "/{index}/_forcemerge"],
                IndicesOptions.parameters + [
                    "flush", "max_num_segments", "only_expunge_deletes", "primary_only", "wait_for_completion",
                ],
                pool: .write
            ) { request in try merge(request) },
            Endpoint(
                "indices.clear_cache", [.post], ["/_cache/clear", "/{index}/_cache/clear"],
                IndicesOptions.parameters + ["fielddata", "fields", "file", "index", "query", "request"]
            ) { request in
                // There are no caches whose contents could be stale; the operating system's is not ours to clear.
                try each(request) { _ in }
            },
            Endpoint(
                "indices.stats", [.get],
                ["/_stats", "/_stats/{metric}", "/{index}/_stats", "/{index}/_stats/{metric}"],
                Self.statisticsParameters
            ) { request in try statistics(request) },
            Endpoint(
                "indices.segments", [.get], ["/_segments", "/{index}/_segments"],
                IndicesOptions.parameters + ["verbose"]
            ) {
                request in try segments(request)
            },
            Endpoint(
                "indices.recovery", [.get], ["/_recovery", "/{index}/_recovery"],
                ["active_only", "detailed"] + IndicesOptions.parameters
            ) {
                request in try recovery(request)
            },
            Endpoint(
                "indices.shard_stores", [.get], ["/_shard_stores", "/{index}/_shard_stores"],
                IndicesOptions.parameters + ["status"]
            ) { request in try stores(request) },
        ]
    }

    /// Does something to each open index that is meant.
    private func each(_ request: RestRequest, _ body: (IndexMetadata) throws -> Void) throws -> RestResponse {
        let indices = try node.metadata.current.indices(of: request, .openOnly).filter(\.isOpen)
        for index in indices { try body(index) }
        return RestResponse(["_shards": OpenSearchNode.shards(indices)])
    }

    private func merge(_ request: RestRequest) throws -> RestResponse {
        let expunges = try request.flag("only_expunge_deletes")
        let segments = try request.integer("max_num_segments")
        if let segments, segments < 1 {
            throw OpenSearchError.illegalArgument("max_num_segments [\(segments)] must be at least 1")
        }
        guard try request.flag("wait_for_completion", default: true) else {
            let node = node
            let task = node.tasks.begin("indices:admin/forcemerge", description: "Force-merge indices")
            let indices = try node.metadata.current.indices(of: request, .openOnly).filter(\.isOpen)
            node.inBackground(task) { _ in
                for index in indices { try node.forceMerge(index, to: segments, onlyExpunges: expunges) }
                return ["_shards": OpenSearchNode.shards(indices)]
            }
            return RestResponse(["task": .string(task.name)])
        }
        return try each(request) { try node.forceMerge($0, to: segments, onlyExpunges: expunges) }
    }

    // MARK: Figures

    private func statistics(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let metrics = request.list("metric")
        var wanted: Set<String>?
        if let metrics, !metrics.contains("_all") {
            wanted = Set(metrics)
            if let unknown = metrics.first(where: { !ShardStatistics.metrics.contains($0) }) {
                throw .unrecognized(
                    "metric", [unknown], among: ShardStatistics.metrics, in: request.http.path)
            }
        }
        let level = try request.choice("level", ["cluster", "indices", "shards"]) ?? "indices"
        var options = IndicesOptions.search
        options.forbidsClosed = try request.flag("forbid_closed_indices", default: true)
        let indices = try node.metadata.current.indices(of: request, options).filter(\.isOpen)
        var sum = ShardStatistics()
        var each = JSONObject()
        for index in indices {
            let own = node.statistics(of: index)
            sum = sum + own
            guard level != "cluster" else { continue }
            let sections = JSONValue.object(own.document(wanted, isHuman: request.isHuman))
            var one: JSONObject = ["uuid": .string(index.uuid), "primaries": sections, "total": sections]
            if level == "shards" {
                one["shards"] = [
                    "0": [
                        .object(
                            own.document(wanted, isHuman: request.isHuman).with(
                                "routing",
                                ["state": "STARTED", "primary": true, "node": .string(node.id), "relocating_node": nil])
                        )
                    ]
                ]
            }
            each[index.name] = .object(one)
        }
        let all = JSONValue.object(sum.document(wanted, isHuman: request.isHuman))
        var body: JSONObject = [
            "_shards": OpenSearchNode.shards(indices), "_all": ["primaries": all, "total": all],
        ]
        if level != "cluster" { body["indices"] = .object(each) }
        return RestResponse(.object(body))
    }

    private func segments(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let indices = try node.metadata.current.indices(of: request, .search).filter(\.isOpen)
        var all = JSONObject()
        for index in indices {
            let statistics = node.statistics(of: index)
            var shards = JSONObject()
            for shard in 0..<index.numberOfShards {
                let own = shard == 0 ? statistics.segments : []
                var segments = JSONObject()
                for segment in own {
                    var one = ShardStatistics.object([
                        "generation": segment.generation, "num_docs": segment.documents,
                        "deleted_docs": segment.deleted,
                        "size_in_bytes": segment.bytes, "memory_in_bytes": 0,
                    ]).object!
                    if request.isHuman {
                        one["size"] = .string(ByteSize.text(segment.bytes))
                        one["memory"] = "0b"
                    }
                    one["committed"] = .bool(segment.isCommitted)
                    one["search"] = .bool(segment.isSearchable)
                    one["version"] = "10.3.0"
                    one["compound"] = false
                    one["attributes"] = [:]
                    segments[segment.name] = .object(one)
                }
                shards["\(shard)"] = [
                    [
                        "routing": ["state": "STARTED", "primary": true, "node": .string(node.id)],
                        "num_committed_segments": .number(JSONNumber(own.count(where: \.isCommitted))),
                        "num_search_segments": .number(JSONNumber(own.count(where: \.isSearchable))),
                        "segments": .object(segments),
                    ]
                ]
            }
            all[index.name] = ["shards": .object(shards)]
        }
        return RestResponse(["_shards": OpenSearchNode.shards(indices), "indices": .object(all)])
    }

    private func recovery(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        guard try !request.flag("active_only") else { return RestResponse([:]) }
        let indices = try node.metadata.current.indices(of: request, .administration).filter(\.isOpen)
        let own: JSONValue = [
            "id": .string(node.id), "host": .string(node.host), "transport_address": .string(node.address),
            "ip": .string(node.host), "name": .string(node.name),
        ]
        func size(_ members: KeyValuePairs<String, Int>) -> JSONObject {
            ShardStatistics.object(members, request.isHuman).object!
        }
        var all = JSONObject()
        for index in indices {
            var sizes = size(["total_in_bytes": 0, "reused_in_bytes": 0, "recovered_in_bytes": 0])
            sizes["percent"] = "100.0%"
            var section = JSONObject()
            section["size"] = .object(sizes)
            section["files"] = ["total": 0, "reused": 0, "recovered": 0, "percent": "100.0%"]
            for (name, value) in Self.times(["total_time", "source_throttle_time", "target_throttle_time"], request) {
                section[name] = value
            }
            var log: JSONObject = ["recovered": 0, "total": 0, "percent": "100.0%", "total_on_start": 0]
            for (name, value) in Self.times(["total_time"], request) { log[name] = value }
            var shard: JSONObject = [
                "id": 0, "type": "EXISTING_STORE", "stage": "DONE", "primary": true,
                "start_time_in_millis": .number(JSONNumber(Int(node.started))),
                "stop_time_in_millis": .number(JSONNumber(Int(node.started))),
                "source": ["bootstrap_new_history_uuid": false], "target": own, "index": .object(section),
                "translog": .object(log),
                "verify_index": .object(Self.times(["check_index_time", "total_time"], request)),
            ]
            for (name, value) in Self.times(["total_time"], request) { shard[name] = value }
            if request.isHuman {
                shard["start_time"] = .string(Clock.iso(node.started))
                shard["stop_time"] = .string(Clock.iso(node.started))
            }
            all[index.name] = ["shards": [.object(shard)]]
        }
        return RestResponse(.object(all))
    }

    private static func times(_ names: [String], _ request: RestRequest) -> JSONObject {
        var object = JSONObject()
        for name in names {
            if request.isHuman { object[name] = "0s" }
            object["\(name)_in_millis"] = 0
        }
        return object
    }

    private func stores(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        // Told are shards that lack copies, unless others are asked for.
        let wanted = Set(request.list("status") ?? ["yellow", "red"])
        let indices = try node.metadata.current.indices(of: request, .administration).filter {
            $0.isOpen && (wanted.contains("all") || wanted.contains($0.health))
        }
        var all = JSONObject()
        for index in indices {
            var shards = JSONObject()
            for shard in 0..<index.numberOfShards {
                var store = JSONObject()
                store[node.id] = [
                    "name": .string(node.name), "ephemeral_id": .string(node.id),
                    "transport_address": .string(node.address),
                    "attributes": [:],
                ]
                store["allocation_id"] = .string(index.uuid)
                store["allocation"] = "primary"
                shards["\(shard)"] = ["stores": [.object(store)]]
            }
            all[index.name] = ["shards": .object(shards)]
        }
        return RestResponse(["indices": .object(all)])
    }
}

extension JSONObject {
    /// The object with one more member.
    func with(_ key: String, _ value: JSONValue) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }
}
