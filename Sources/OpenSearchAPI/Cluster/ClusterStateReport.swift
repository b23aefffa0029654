internal import ClusterState
internal import JSON

/// `_cluster/state`: what the node remembers.
struct ClusterStateReport {
    let node: OpenSearchNode

    func response(_ request: RestRequest) throws -> RestResponse {
        let metadata = node.metadata.current
        let wanted = request.list("metric").map(Set.init)
        let known: Set<String> = [
            "_all", "blocks", "cluster_manager_node", "master_node", "metadata", "nodes", "routing_nodes",
            "routing_table", "version", "customs",
        ]
        if let unknown = wanted?.subtracting(known).sorted().first {
            throw OpenSearchError.illegalArgument("Unknown metric [\(unknown)]")
        }
        func has(_ name: String) -> Bool { wanted.map { $0.contains(name) || $0.contains("_all") } ?? true }
        let isFlat = try request.flag("flat_settings")
        let indices = try metadata.indices(of: request, .administration)
        var body: JSONObject = [
            "cluster_name": .string(node.clusterName), "cluster_uuid": .string(metadata.clusterUUID),
        ]
        if has("version") {
            body["version"] = .number(JSONNumber(metadata.version))
            body["state_uuid"] = .string(metadata.clusterUUID)
        }
        if has("cluster_manager_node") { body["cluster_manager_node"] = .string(node.id) }
        if has("master_node") { body["master_node"] = .string(node.id) }
        if has("blocks") { body["blocks"] = blocks(indices) }
        if has("nodes") {
            let own: JSONValue = [
                "name": .string(node.name), "ephemeral_id": .string(node.id),
                "transport_address": .string(node.address),
                "attributes": [:],
            ]
            body["nodes"] = .object(JSONObject([(key: node.id, value: own)]))
        }
        if has("metadata") {
            var all = JSONObject()
            for index in indices {
                all[index.name] = [
                    "version": .number(JSONNumber(index.settingsVersion + index.mappingVersion + index.aliasesVersion)),
                    "mapping_version": .number(JSONNumber(index.mappingVersion)),
                    "settings_version": .number(JSONNumber(index.settingsVersion)),
                    "aliases_version": .number(JSONNumber(index.aliasesVersion)),
                    "state": .string(index.isOpen ? "open" : "close"),
                    "settings": index.fullSettings.object(isFlat: isFlat),
                    "mappings": index.mappings.object?.isEmpty ?? true ? [:] : ["_doc": index.mappings],
                    "aliases": .array(index.aliases.keys.sorted().map { .string($0) }),
                ]
            }
            body["metadata"] = [
                "cluster_uuid": .string(metadata.clusterUUID), "cluster_uuid_committed": true,
                "templates": .object(
                    JSONObject(
                        metadata.all(.legacyTemplate).sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
                ),
                "indices": .object(all),
            ]
        }
        if has("routing_table") {
            var tables = JSONObject()
            for index in indices {
                var shards = JSONObject()
                for shard in 0..<index.numberOfShards {
                    shards["\(shard)"] = .array(node.copies(of: index, shard: shard))
                }
                tables[index.name] = ["shards": .object(shards)]
            }
            body["routing_table"] = ["indices": .object(tables)]
        }
        return RestResponse(.object(body))
    }

    private func blocks(_ indices: [IndexMetadata]) -> JSONValue {
        var blocked = JSONObject()
        for index in indices {
            var own = JSONObject()
            for (setting, number) in [
                ("read_only", "5"), ("read", "7"), ("write", "8"), ("metadata", "9"), ("read_only_allow_delete", "12"),
            ] where index.settings["index.blocks.\(setting)"]?.string == "true" {
                own[number] = ["description": .string("index \(setting) (api)"), "retryable": false]
            }
            if !own.isEmpty { blocked[index.name] = .object(own) }
        }
        return blocked.isEmpty ? [:] : ["indices": .object(blocked)]
    }
}
