internal import ClusterState
internal import JSON

/// `_cluster/stats`: sums over all indices.
struct ClusterStatistics {
    let node: OpenSearchNode

    func response(_ request: RestRequest) -> RestResponse {
        let metadata = node.metadata.current
        let open = metadata.indices.values.filter(\.isOpen)
        let sum = open.reduce(ShardStatistics()) { $0 + node.statistics(of: $1) }
        let metrics = request.list("metric").map(Set.init)
        func has(_ name: String) -> Bool { metrics.map { $0.contains(name) || $0.contains("_all") } ?? true }
        let status = open.contains { $0.health == "yellow" } ? "yellow" : "green"
        var body: JSONObject = [
            "_nodes": OpenSearchNode.counts, "cluster_name": .string(node.clusterName),
            "cluster_uuid": .string(metadata.clusterUUID), "timestamp": .number(JSONNumber(Int(Clock.milliseconds))),
            "status": .string(status),
        ]
        if has("indices") { body["indices"] = indices(open, sum, request) }
        if metrics == nil || has("nodes") || metrics?.contains("os") == true { body["nodes"] = nodes }
        return RestResponse(.object(body))
    }

    private func indices(_ open: [IndexMetadata], _ sum: ShardStatistics, _ request: RestRequest) -> JSONValue {
        let wanted = request.list("index_metric").map(Set.init)
        func has(_ name: String) -> Bool { wanted.map { $0.contains(name) || $0.contains("_all") } ?? true }
        var body: JSONObject = ["count": .number(JSONNumber(open.count))]
        if has("shards") {
            let shards = open.reduce(0) { $0 + $1.numberOfShards }
            body["shards"] = [
                "total": .number(JSONNumber(shards)), "primaries": .number(JSONNumber(shards)), "replication": 0,
            ]
        }
        var sections: Set<String> = ["docs", "store", "fielddata", "query_cache", "completion", "segments"]
        if let wanted, !wanted.contains("_all") { sections.formIntersection(wanted) }
        for (name, value) in sum.document(sections, isHuman: request.isHuman) { body[name] = value }
        if has("mappings") { body["mappings"] = ["field_types": .array(fieldTypes(open))] }
        if has("analysis") {
            var analysis = JSONObject()
            for name in [
                "char_filter_types", "tokenizer_types", "filter_types", "analyzer_types", "built_in_char_filters",
                "built_in_tokenizers", "built_in_filters", "built_in_analyzers",
            ] {
                analysis[name] = []
            }
            body["analysis"] = .object(analysis)
        }
        return .object(body)
    }

    /// How many fields of each type there are, and in how many indices.
    private func fieldTypes(_ indices: [IndexMetadata]) -> [JSONValue] {
        var counts: [String: (fields: Int, indices: Int)] = [:]
        for index in indices {
            var own: [String: Int] = [:]
            Self.count(index.mappings, into: &own)
            for (type, count) in own {
                counts[type, default: (0, 0)].fields += count
                counts[type]!.indices += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.map {
            [
                "name": .string($0.key), "count": .number(JSONNumber($0.value.fields)),
                "index_count": .number(JSONNumber($0.value.indices)),
            ]
        }
    }

    private static func count(_ mapping: JSONValue, into counts: inout [String: Int]) {
        for name in ["properties", "fields"] {
            for field in mapping[name]?.object ?? [:] {
                counts[field.value["type"]?.string ?? "object", default: 0] += 1
                count(field.value, into: &counts)
            }
        }
    }

    private var nodes: JSONValue {
        [
            "count": ShardStatistics.object([
                "total": 1, "cluster_manager": 1, "coordinating_only": 0, "data": 1, "ingest": 1, "master": 1,
                "remote_cluster_client": 0, "search": 0, "warm": 0,
            ]),
            "versions": [.string(OpenSearchNode.compatibleVersion)],
            "packaging_types": [["type": "needletail", "count": 1]],
            "plugins": [],
        ]
    }
}
