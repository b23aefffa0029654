internal import ClusterState
internal import DocumentStore
internal import HTTPTypes
internal import JSON
internal import Querying
internal import Routing

/// `_delete_by_query`, `_update_by_query` and `_reindex`: changes of all documents that a query finds.
struct ByQueryEndpoints {
    let node: OpenSearchNode

    private static let common =
        SearchParameters.query + OpenSearchNode.searchIndices + [
            "_source", "_source_includes", "_source_excludes", "conflicts", "from", "max_docs", "pipeline",
            "preference",
            "refresh", "request_cache", "requests_per_second", "routing", "scroll", "scroll_size", "search_timeout",
            "search_type", "size", "slices", "sort", "stats", "terminate_after", "timeout", "version",
            "wait_for_active_shards", "wait_for_completion",
        ]

    var endpoints: [Endpoint] {
        [
            Endpoint("delete_by_query", [.post], ["/{index}/_delete_by_query"], Self.common, pool: .generic) {
                request in
                guard request.hasContent || request.has("q") else {
                    throw OpenSearchError.validation(["query is missing"])
                }
                return try await run(try DocumentChange(delete: request), request, "indices:data/write/delete/byquery")
            },
            Endpoint("update_by_query", [.post], ["/{index}/_update_by_query"], Self.common, pool: .generic) {
                request in
                try await run(
                    try DocumentChange(update: request, StoredScripts(node.metadata.current)), request,
                    "indices:data/write/update/byquery")
            },
            Endpoint(
                "reindex", [.post], ["/_reindex"],
                [
                    "max_docs", "refresh", "requests_per_second", "require_alias", "scroll", "slices", "timeout",
                    "wait_for_active_shards", "wait_for_completion",
                ], pool: .generic
            ) { request in
                try await run(
                    try DocumentChange(reindex: request, StoredScripts(node.metadata.current)), request,
                    "indices:data/write/reindex")
            },
            Endpoint(
                "rethrottle", [.post],
                [
                    "/_delete_by_query/{task_id}/_rethrottle", "/_update_by_query/{task_id}/_rethrottle",
                    "/_reindex/{task_id}/_rethrottle",
                ], ["requests_per_second"]
            ) { request in try rethrottle(request) },
        ]
    }

    private func run(_ change: DocumentChange, _ request: RestRequest, _ action: String) async throws -> RestResponse {
        var headers = JSONObject()
        if let id = request.http.headers[RestRequest.opaqueID] { headers["X-Opaque-Id"] = .string(id) }
        let task = node.tasks.begin(
            action, description: change.description, isCancellable: true, headers: headers)
        task.setRate(change.requestsPerSecond)
        task.report(change.initialStatus)
        let node = node
        if try !request.flag("wait_for_completion", default: true) {
            node.inBackground(task) { task in try await change.run(on: node, task) }
            return RestResponse(["task": .string(task.name)])
        }
        do {
            let result = try await change.run(on: node, task)
            node.tasks.end(task, .success(result), isRemembered: false)
            let hasConflicts = !(result["failures"]?.array?.isEmpty ?? true)
            return RestResponse(result, status: hasConflicts ? 409 : 200)
        } catch {
            node.tasks.end(task, .failure(OpenSearchError(describing: error)), isRemembered: false)
            throw error
        }
    }

    private func rethrottle(_ request: RestRequest) throws -> RestResponse {
        guard let rate = try request.number("requests_per_second") else {
            throw OpenSearchError.illegalArgument("requests_per_second is a required parameter")
        }
        guard rate > 0 || rate == -1 else {
            throw OpenSearchError.illegalArgument(
                "[requests_per_second] must be a float greater than 0. Use -1 to disable throttling.")
        }
        var tasks = JSONObject()
        if let task = node.tasks.find(request.path("task_id")), task.result == nil {
            task.setRate(rate)
            tasks[task.name] = .object(task.document(isDetailed: true))
        }
        return RestResponse([
            "nodes": .object(JSONObject([(key: node.id, value: .object(node.summary.with("tasks", .object(tasks))))]))
        ])
    }
}
