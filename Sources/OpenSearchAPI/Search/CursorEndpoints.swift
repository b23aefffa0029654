internal import ClusterState
internal import HTTPTypes
internal import Indices
internal import JSON
internal import Querying

/// Points in time and scrolls: searches over several requests that see the same documents.
struct CursorEndpoints {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "pit.create", [.post], ["/{index}/_search/point_in_time"],
                OpenSearchNode.searchIndices + ["keep_alive", "allow_partial_pit_creation", "preference", "routing"],
                pool: .search
            ) { request in try createPoint(request) },
            Endpoint("pit.delete", [.delete], ["/_search/point_in_time"], pool: .search) { request in
                guard let ids = try request.requiredObject()["pit_id"],
                    let list = ids.array ?? ids.string.map({ [.string($0)] })
                else { throw OpenSearchError.validation(["no pit ids specified"]) }
                return RestResponse(["pits": .array(list.compactMap(\.string).map(deletePoint))])
            },
            Endpoint("pit.delete_all", [.delete], ["/_search/point_in_time/_all"], pool: .search) { _ in
                let ids = node.closeContexts(.pointInTime)
                return RestResponse(["pits": .array(ids.map { ["pit_id": .string($0), "successful": true] })])
            },
            Endpoint("pit.list", [.get], ["/_search/point_in_time/_all"]) { _ in
                RestResponse([
                    "pits": .array(
                        node.contexts(.pointInTime).map { point in
                            [
                                "pit_id": .string(point.id), "creation_time": .number(JSONNumber(Int(point.createdAt))),
                                "keep_alive": .number(JSONNumber(Int(point.keepAlive / 1_000_000))),
                            ]
                        })
                ])
            },
            Endpoint(
                "scroll", [.get, .post], ["/_search/scroll", "/_search/scroll/{scroll_id}"],
                ["scroll", "scroll_id", "rest_total_hits_as_int"], pool: .search
            ) { request in try await scroll(request) },
            Endpoint("scroll.clear", [.delete], ["/_search/scroll", "/_search/scroll/{scroll_id}"], ["scroll_id"]) {
                request in
                try clearScrolls(request)
            },
        ] + segmentTables
    }

    private var segmentTables: [Endpoint] {
        let cat = CatEndpoints(node: node)
        return [
            cat.table("pit_segments", ["/_cat/pit_segments/_all"], [], CatEndpoints.segments) { _ in
                rows(node.contexts(.pointInTime))
            },
            cat.table("pit_segments_of", ["/_cat/pit_segments"], ["pit_id"], CatEndpoints.segments) { request in
                let ids =
                    try request.object()["pit_id"].flatMap { $0.array?.compactMap(\.string) ?? $0.string.map { [$0] } }
                    ?? []
                guard !ids.isEmpty else { throw OpenSearchError.validation(["no pit ids specified"]) }
                return rows(node.contexts(.pointInTime).filter { ids.contains($0.id) })
            },
        ]
    }

    private func rows(_ points: [ReaderContexts.Context]) -> [CatEndpoints.Row] {
        points.flatMap { point in
            point.snapshots.flatMap { snapshot in
                OpenSearchNode.segments(of: snapshot).map { segment in
                    CatEndpoints(node: node).row(segment, index: snapshot.indexName)
                }
            }
        }
    }

    // MARK: Points in time

    private func createPoint(_ request: RestRequest) throws -> RestResponse {
        guard let keepAlive = try request.time("keep_alive") else {
            throw OpenSearchError.validation(["keep alive not specified"])
        }
        try node.checkKeepAlive(keepAlive, "PIT")
        let options = try IndicesOptions.search.overridden(by: request)
        let targets = try node.targets(request.list("index") ?? [], options)
        let point = try node.indices.contexts.open(
            .pointInTime, targets.map(\.snapshot), keepAlive: keepAlive.nanoseconds,
            payload: PointPayload(filters: targets.map(\.filter)),
            limit: node.metadata.current.clusterSetting("search.max_open_pit_context").flatMap { Int($0) })
        return RestResponse([
            "pit_id": .string(point.id), "_shards": targets.shards(),
            "creation_time": .number(JSONNumber(Int(point.createdAt))),
        ])
    }

    private func deletePoint(_ id: String) -> JSONValue {
        ["pit_id": .string(id), "successful": .bool(node.closeContext(id))]
    }

    // MARK: Scrolls

    private func scroll(_ request: RestRequest) async throws -> RestResponse {
        let body = try request.object()
        for key in body.keys where !["scroll", "scroll_id"].contains(key) {
            throw OpenSearchError.illegalArgument(
                "Unknown parameter [\(key)] in request body or parameter is of the wrong type[\(body[key]?.token ?? "")] "
            )
        }
        guard let id = body["scroll_id"]?.string ?? request.text("scroll_id") else {
            throw OpenSearchError.validation(["scrollId is missing"])
        }
        let text = body["scroll"]?.string ?? request.text("scroll")
        let keepAlive = try text.map { text throws(OpenSearchError) in try TimeValue.read(text, setting: "scroll") }
        if let keepAlive { try node.checkKeepAlive(keepAlive, "scroll") }
        let context = try node.useContext(id, keepAlive)
        guard context.kind == .scroll, let payload = context.payload as? ScrollPayload else {
            throw OpenSearchError(404, "search_context_missing_exception", "No search context found for id [\(id)]")
        }
        return try await SearchEndpoints(node: node).nextPage(of: context, payload, request)
    }

    private func clearScrolls(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let body = try request.object()
        var ids = request.list("scroll_id") ?? []
        switch body["scroll_id"] {
        case .string(let id)?: ids = id.split(separator: ",").map(String.init)
        case .array(let elements)?: ids = elements.compactMap(\.string)
        default: break
        }
        guard !ids.isEmpty else { throw .validation(["no scroll ids specified"]) }
        let freed =
            ids == ["_all"]
            ? node.closeContexts(.scroll).count : ids.count(where: node.closeContext)
        return RestResponse(
            ["succeeded": true, "num_freed": .number(JSONNumber(freed))],
            status: freed > 0 || ids == ["_all"] ? 200 : 404)
    }
}

/// What a point in time remembers beside its snapshots.
struct PointPayload: Sendable {
    /// The filters of aliases, one for each snapshot.
    let filters: [Query?]
}

extension OpenSearchNode {
    /// Refuses to keep a context longer than `search.max_keep_alive`.
    func checkKeepAlive(_ duration: Duration, _ what: String) throws(OpenSearchError) {
        let setting = metadata.current.clusterSetting("search.max_keep_alive") ?? "24h"
        let limit = try TimeValue.read(setting, setting: "search.max_keep_alive")
        guard duration <= limit else {
            throw .illegalArgument(
                "Keep alive for request (\(TimeValue.text(duration))) is too large. It must be less than (\(TimeValue.text(limit))). "
                    + "This limit can be set by changing the [search.max_keep_alive] cluster level setting.")
        }
        guard duration > .zero else {
            throw .illegalArgument("the keep alive of a \(what) must be longer than nothing")
        }
    }

    /// Finds a context for a use.
    func useContext(_ id: String, _ keepAlive: Duration?) throws(OpenSearchError) -> ReaderContexts.Context {
        do throws(IndicesError) {
            return try indices.contexts.use(id, keepAlive: keepAlive?.nanoseconds)
        } catch {
            throw OpenSearchError(describing: error)
        }
    }
}
