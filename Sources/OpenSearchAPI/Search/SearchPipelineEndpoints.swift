internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Pipelines

/// Search pipelines as they are kept.
struct SearchPipelineEndpoints {
    let node: OpenSearchNode

    private static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout"]

    var endpoints: [Endpoint] {
        [
            Endpoint("search_pipeline.get", [.get], ["/_search/pipeline", "/_search/pipeline/{id}"], Self.timeouts) {
                request in get(request)
            },
            Endpoint("search_pipeline.put", [.put], ["/_search/pipeline/{id}"], Self.timeouts) { request in
                try put(request)
            },
            Endpoint("search_pipeline.delete", [.delete], ["/_search/pipeline/{id}"], Self.timeouts) { request in
                try delete(request)
            },
        ]
    }

    private func get(_ request: RestRequest) -> RestResponse {
        let patterns = request.list("id") ?? ["*"]
        let found = node.metadata.current.all(.searchPipeline)
            .filter { entry in patterns.contains { Wildcard.matches($0, entry.key) } }
            .sorted { $0.key < $1.key }
        return RestResponse(
            .object(JSONObject(found.map { (key: $0.key, value: $0.value) })), status: found.isEmpty ? 404 : 200)
    }

    private func put(_ request: RestRequest) throws -> RestResponse {
        let name = request.path("id")
        let definition = try request.requiredObject()
        _ = try node.pipeline(definition, name)
        try node.metadata.update { $0[.searchPipeline, name] = .object(definition) }
        return .acknowledged
    }

    private func delete(_ request: RestRequest) throws -> RestResponse {
        let pattern = request.path("id")
        try node.metadata.update { metadata in
            let names = metadata.all(.searchPipeline).keys.filter { Wildcard.matches(pattern, $0) }
            if names.isEmpty, !Wildcard.isPattern(pattern) {
                throw OpenSearchError(404, "resource_not_found_exception", "pipeline [\(pattern)] is missing")
            }
            for name in names { metadata[.searchPipeline, name] = nil }
            node.pipelineStatistics.forget(Array(names))
        }
        return .acknowledged
    }
}
