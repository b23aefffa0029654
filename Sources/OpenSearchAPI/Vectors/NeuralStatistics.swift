internal import HTTPTypes
internal import JSON
internal import Routing
internal import ClusterState

/// `_plugins/_neural/stats`: how many processors of each kind search pipelines have.
struct NeuralStatistics {
    let node: OpenSearchNode

    /// Where a count stands in the answer, and what is counted.
    private static let counts: [(path: [String], processor: String, isCounted: @Sendable (JSONValue) -> Bool)] = {
        func technique(_ part: String, _ name: String, isDefault: Bool = false) -> @Sendable (JSONValue) -> Bool {
            { settings in
                guard let technique = settings[part]?["technique"]?.string else { return isDefault }
                return technique == name
            }
        }
        let hybrid = ["processors", "search", "hybrid"]
        let search = ["processors", "search"]
        return [
            (hybrid + ["normalization_processors"], "normalization-processor", { _ in true }),
            (hybrid + ["rank_based_normalization_processors"], "score-ranker-processor", { _ in true }),
            (
                hybrid + ["norm_minmax_processors"], "normalization-processor",
                technique("normalization", "min_max", isDefault: true)
            ),
            (hybrid + ["norm_l2_processors"], "normalization-processor", technique("normalization", "l2")),
            (hybrid + ["norm_zscore_processors"], "normalization-processor", technique("normalization", "z_score")),
            (
                hybrid + ["comb_arithmetic_processors"], "normalization-processor",
                technique("combination", "arithmetic_mean", isDefault: true)
            ),
            (
                hybrid + ["comb_geometric_processors"], "normalization-processor",
                technique("combination", "geometric_mean")
            ),
            (
                hybrid + ["comb_harmonic_processors"], "normalization-processor",
                technique("combination", "harmonic_mean")
            ),
            (hybrid + ["comb_rrf_processors"], "score-ranker-processor", { _ in true }),
            (search + ["neural_query_enricher_processors"], "neural_query_enricher", { _ in true }),
            (search + ["neural_sparse_two_phase_processors"], "neural_sparse_two_phase_processor", { _ in true }),
            (search + ["rerank_by_field_processors"], "rerank", { $0["by_field"] != nil }),
        ]
    }()

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "neural.stats", [.get],
                [
                    "/_plugins/_neural/stats", "/_plugins/_neural/stats/{stat}", "/_plugins/_neural/{node_id}/stats",
                    "/_plugins/_neural/{node_id}/stats/{stat}",
                ],
                [
                    "timeout", "flat_stat_paths", "include_all_nodes", "include_individual_nodes", "include_info",
                    "include_metadata",
                ]
            ) { request in
                guard node.metadata.current.clusterSetting("plugins.neural_search.stats_enabled") == "true" else {
                    return RestResponse(.text("Stats endpoint is disabled"), status: 403)
                }
                return try statistics(request)
            }
        ]
    }

    private func statistics(_ request: RestRequest) throws -> RestResponse {
        let wanted = try request.list("stat").map(wantedStatistics(request))
        let isFlat = try request.flag("flat_stat_paths")
        let hasMetadata = try request.flag("include_metadata")
        func shown(_ value: JSONValue, _ type: String) -> JSONValue {
            hasMetadata ? ["value": value, "stat_type": .string(type)] : value
        }
        var info = JSONObject()
        if wanted?.contains("cluster_version") ?? true {
            info["cluster_version"] = shown(.string(OpenSearchNode.compatibleVersion), "info_string")
        }
        let processors = allProcessors
        for count in Self.counts where wanted?.contains(count.path.last ?? "") ?? true {
            let number = processors.count { $0.type == count.processor && count.isCounted($0.settings) }
            let value = shown(.number(JSONNumber(number)), "info_counter")
            if isFlat {
                info[count.path.joined(separator: ".")] = value
            } else {
                Self.set(value, count.path[...], in: &info)
            }
        }
        var body: JSONObject = ["_nodes": OpenSearchNode.counts, "cluster_name": .string(node.clusterName)]
        if try request.flag("include_info", default: true) { body["info"] = .object(info) }
        if try request.flag("include_all_nodes", default: true) { body["all_nodes"] = [:] }
        if try request.flag("include_individual_nodes", default: true) { body["nodes"] = .object([node.id: [:]]) }
        return RestResponse(.object(body))
    }

    private func wantedStatistics(_ request: RestRequest) -> ([String]) throws -> Set<String> {
        { names in
            let known = Set(Self.counts.compactMap(\.path.last)).union(["cluster_version"])
            let unknown = names.map { $0.lowercased() }.filter { !known.contains($0) }
            if !unknown.isEmpty {
                throw OpenSearchError.unrecognized("stat", unknown, among: known, in: request.http.path)
            }
            return Set(names.map { $0.lowercased() })
        }
    }

    /// The processors of all search pipelines.
    private var allProcessors: [(type: String, settings: JSONValue)] {
        node.metadata.current.all(.searchPipeline).values.flatMap { pipeline in
            ["request_processors", "phase_results_processors", "response_processors"].flatMap { key in
                (pipeline[key]?.array ?? []).flatMap { step in
                    (step.object ?? [:]).map { (type: $0.key, settings: $0.value) }
                }
            }
        }
    }

    private static func set(_ value: JSONValue, _ path: ArraySlice<String>, in object: inout JSONObject) {
        guard let key = path.first else { return }
        if path.count == 1 {
            object[key] = value
        } else {
            var inner = object[key]?.object ?? [:]
            set(value, path.dropFirst(), in: &inner)
            object[key] = .object(inner)
        }
    }
}
