internal import ClusterState
internal import HTTPTypes
internal import Indices
internal import JSON
internal import Mappings
internal import Routing
internal import SearchIndex
internal import VectorIndex

/// `_plugins/_knn`: what graphs take, reading them before the first search, and caches, of which there are none.
struct VectorEndpoints {
    let node: OpenSearchNode

    /// What the k-NN plug-in counts and this node knows.
    ///
    /// Vectors are read from mapped files: nothing is loaded into a cache, or driven out of one. Searches are not counted, so they are left out.
    private static let constants: JSONObject = [
        "cache_capacity_reached": false, "eviction_count": 0, "faiss_initialized": true, "hit_count": 0,
        "indexing_from_model_degraded": false, "load_exception_count": 0, "load_success_count": 0,
        "lucene_initialized": true, "miss_count": 0, "nmslib_initialized": true, "script_compilation_errors": 0,
        "script_compilations": 0, "total_load_time": 0, "training_errors": 0, "training_memory_usage": 0,
        "training_memory_usage_percentage": 0, "training_requests": 0,
    ]
    private static let uncounted: Set<String> = [
        "graph_index_errors", "graph_index_requests", "graph_query_errors", "graph_query_requests", "graph_stats",
        "knn_query_requests", "knn_query_with_filter_requests", "max_distance_query_requests",
        "max_distance_query_with_filter_requests", "min_score_query_requests", "min_score_query_with_filter_requests",
        "script_query_errors", "script_query_requests", "remote_vector_index_build_stats",
    ]
    private static let ofGraphs: Set<String> = [
        "graph_memory_usage", "graph_memory_usage_percentage", "indices_in_cache",
    ]
    private static let ofCluster: Set<String> = ["circuit_breaker_triggered", "model_index_status"]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "knn.stats", [.get],
                ["/_plugins/_knn", "/_opendistro/_knn"].flatMap {
                    [
                        "\($0)/stats", "\($0)/stats/{stat}", "\($0)/{node_id}/stats", "\($0)/{node_id}/stats/{stat}",
                    ]
                }, ["timeout"]
            ) { request in try statistics(request) },
            Endpoint(
                "knn.warmup", [.get], ["/_plugins/_knn/warmup/{index}", "/_opendistro/_knn/warmup/{index}"], [],
                pool: .search
            ) { request in
                let indices = try vectorIndices(request, "Warm up request rejected.")
                for index in indices { try warm(index) }
                return RestResponse(["_shards": OpenSearchNode.shards(indices)])
            },
            Endpoint("knn.clear_cache", [.post], ["/_plugins/_knn/clear_cache/{index}"]) { request in
                RestResponse([
                    "_shards": OpenSearchNode.shards(try vectorIndices(request, "ClearCache request rejected."))
                ])
            },
        ]
    }

    /// The indices that are meant, all of which must be made for vectors.
    private func vectorIndices(_ request: RestRequest, _ what: String) throws -> [IndexMetadata] {
        let indices = try node.metadata.current.indices(of: request, .openOnly).filter(\.isOpen)
        let others = indices.filter { $0.setting("index.knn") != "true" }.map(\.name)
        if !others.isEmpty {
            throw OpenSearchError(
                400, "k_n_n_invalid_indices_exception",
                "\(what) One or more indices have 'index.knn' set to false.",
                [("index", .string(others.joined(separator: ",")))])
        }
        return indices
    }

    /// The vectors of an index, segment by segment.
    private func vectors(of index: IndexMetadata) throws -> [VectorSegment] {
        let snapshot = try node.service(index).snapshot
        let fields = snapshot.mapping.fields.filter { $0.kind == .knnVector }
        return snapshot.index.segments.flatMap { segment in
            fields.compactMap { segment.vectors($0.number) }
        }
    }

    /// Reads all vectors and graphs, and thereby checks them.
    private func warm(_ index: IndexMetadata) throws {
        for segment in try vectors(of: index) {
            do { try segment.verify() } catch {
                throw OpenSearchError(500, "corrupt_index_exception", "vectors of [\(index.name)]: \(error)")
            }
        }
    }

    // MARK: Statistics

    private func statistics(_ request: RestRequest) throws -> RestResponse {
        let wanted = try wantedStatistics(request)
        var body: JSONObject = ["_nodes": OpenSearchNode.counts, "cluster_name": .string(node.clusterName)]
        if wanted.contains("circuit_breaker_triggered") { body["circuit_breaker_triggered"] = false }
        if wanted.contains("model_index_status") { body["model_index_status"] = .null }
        guard node.isSelected(request.list("node_id")) else {
            body["_nodes"] = ["total": 0, "successful": 0, "failed": 0]
            body["nodes"] = [:]
            return RestResponse(.object(body))
        }
        var own = JSONObject(Self.constants.filter { wanted.contains($0.key) }.map { ($0.key, $0.value) })
        if !wanted.isDisjoint(with: Self.ofGraphs) { try addGraphs(to: &own, wanted) }
        body["nodes"] = .object([node.id: .object(own)])
        return RestResponse(.object(body))
    }

    private func addGraphs(to own: inout JSONObject, _ wanted: Set<String>) throws {
        var sum = 0
        var indices = JSONObject()
        for index in node.metadata.current.indices.values.sorted(by: { $0.name < $1.name })
        where index.isOpen && index.setting("index.knn") == "true" {
            let graphs = try vectors(of: index).filter { $0.graphOptions != nil }
            guard !graphs.isEmpty else { continue }
            let kilobytes = graphs.reduce(0) { $0 + $1.byteCount } / 1024
            sum += kilobytes
            indices[index.name] = [
                "graph_memory_usage": .number(JSONNumber(kilobytes)), "graph_memory_usage_percentage": 0,
                "graph_count": .number(JSONNumber(graphs.count)),
            ]
        }
        if wanted.contains("graph_memory_usage") { own["graph_memory_usage"] = .number(JSONNumber(sum)) }
        // Files are mapped and not limited: there is nothing that this could be a share of.
        if wanted.contains("graph_memory_usage_percentage") { own["graph_memory_usage_percentage"] = 0 }
        if wanted.contains("indices_in_cache") { own["indices_in_cache"] = .object(indices) }
    }

    private func wantedStatistics(_ request: RestRequest) throws -> Set<String> {
        let known = Set(Self.constants.keys).union(Self.ofGraphs).union(Self.ofCluster)
        guard let names = request.list("stat"), names != ["_all"] else { return known }
        if names.contains("_all") {
            throw OpenSearchError.illegalArgument("Request \(request.http.path) contains _all and individual stats")
        }
        let all = known.union(Self.uncounted)
        let unknown = Set(names).subtracting(all).sorted()
        if !unknown.isEmpty {
            throw OpenSearchError.unrecognized("stat", unknown, among: all, in: request.http.path)
        }
        return Set(names)
    }
}
