internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Querying

/// Searches that are written as templates.
struct SearchTemplateEndpoints {
    let node: OpenSearchNode

    private static let parameters =
        OpenSearchNode.searchIndices + [
            "ccs_minimize_roundtrips", "explain", "phase_took", "preference", "profile", "rest_total_hits_as_int",
            "routing", "scroll", "search_pipeline", "search_type", "typed_keys",
        ]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "search_template", [.get, .post], ["/_search/template", "/{index}/_search/template"], Self.parameters,
                pool: .search
            ) { request in
                var search = try template(request).search()
                if try request.flag("profile") { search.profile = true }
                return try await SearchEndpoints(node: node).answer(request, search)
            },
            Endpoint(
                "render_template", [.get, .post], ["/_render/template", "/_render/template/{id}"], pool: .search
            ) { request in
                let rendered = try template(request).rendered()
                return RestResponse(["template_output": try RestRequest.parse(rendered)])
            },
            Endpoint(
                "msearch_template", [.get, .post], ["/_msearch/template", "/{index}/_msearch/template"],
                MultiSearchEndpoints.parameters, pool: .search
            ) { request in
                let stored = StoredScripts(node.metadata.current)
                return try await MultiSearchEndpoints(node: node).answer(request) { line in
                    guard let body = try RestRequest.parse(line).object else {
                        throw OpenSearchError.parsing("a search template is an object")
                    }
                    return try SearchTemplate(body, stored).search()
                }
            },
        ]
    }

    private func template(_ request: RestRequest) throws(OpenSearchError) -> SearchTemplate {
        let body = request.has("id") ? try request.object() : try request.requiredObject()
        return try SearchTemplate(body, id: request.text("id"), StoredScripts(node.metadata.current))
    }
}
