internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Querying
internal import Routing

/// `_bulk`: many changes in one request, carried out while they arrive.
struct BulkEndpoints {
    let node: OpenSearchNode

    /// Bytes of documents that are carried out together.
    ///
    /// The first part is read to the end before anything of it is done, so that a request of this size with a broken line changes nothing.
    static let windowBytes = 8 << 20
    /// Operations that are carried out together.
    static let windowOperations = 20_000

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "bulk", [.post, .put], ["/_bulk", "/{index}/_bulk"],
                [
                    "_source", "_source_includes", "_source_excludes", "pipeline", "refresh", "require_alias",
                    "routing",
                    "timeout", "type", "wait_for_active_shards", "batch_size",
                ], pool: .write, bodyDelivery: .streamed
            ) { request in try await bulk(request) }
        ]
    }

    private func bulk(_ request: RestRequest) async throws -> RestResponse {
        let begin = ContinuousClock.now
        let refresh = try RefreshPolicy(request)
        var reader = BulkReader(
            BulkReader.Defaults(
                index: request.text("index"), routing: request.text("routing"), pipeline: request.text("pipeline"),
                requiresAlias: try request.flag("require_alias"), returnedSource: SourceChoice(request)))
        var progress = Progress()
        var window: [WriteRequest] = []
        var bytes = 0
        do {
            for try await part in request.http.bodyParts {
                try reader.append(part)
                while let next = try reader.next() {
                    bytes += next.body.count + 64
                    window.append(next)
                    if bytes >= Self.windowBytes || window.count >= Self.windowOperations {
                        try await carryOut(window, refresh, &progress)
                        window.removeAll(keepingCapacity: true)
                        bytes = 0
                    }
                }
            }
            try reader.finish()
            guard progress.count + window.count > 0 else { throw OpenSearchError.validation(["no requests added"]) }
        } catch var error as OpenSearchError where progress.count > 0 {
            error.reason += "; the \(progress.count) operations before it were carried out"
            try await node.makeVisible(Array(progress.touched.values), refresh)
            throw error
        }
        try await carryOut(window, refresh, &progress)
        try await node.makeVisible(Array(progress.touched.values), refresh)
        var writer = JSONWriter(reservingBytes: progress.items.bytes.count + 64)
        writer.beginObject()
        let time = ContinuousClock.now - begin
        writer.key("took")
        writer.value((time - (progress.ingestTime ?? .zero)).milliseconds)
        if let ingestTime = progress.ingestTime {
            writer.key("ingest_took")
            writer.value(ingestTime.milliseconds)
        }
        writer.key("errors")
        writer.value(progress.hasErrors)
        writer.key("items")
        progress.items.endArray()
        writer.value(json: progress.items.bytes)
        writer.endObject()
        var response = RestResponse(.json(writer.bytes))
        response.logFields = [("operations", "\(progress.count)"), ("failed", "\(progress.failures)")]
        return response
    }

    /// What was done so far, and the part of the answer that tells it.
    private struct Progress {
        var items = JSONWriter()
        var count = 0
        var failures = 0
        /// What pipelines took, beside which the rest of the time is told; nil without pipelines.
        var ingestTime: Duration?
        var touched: [String: IndexMetadata] = [:]
        var hasErrors: Bool { failures > 0 }

        init() { items.beginArray() }
    }

    private func carryOut(_ window: [WriteRequest], _ refresh: RefreshPolicy, _ progress: inout Progress) async throws {
        guard !window.isEmpty else { return }
        // One refresh at the end serves all windows.
        let (results, ingestTime) = try await node.writeTimed(window, refresh: .none)
        if let ingestTime { progress.ingestTime = (progress.ingestTime ?? .zero) + ingestTime }
        for (request, result) in zip(window, results) {
            progress.count += 1
            progress.items.beginObject()
            progress.items.key(request.kind.rawValue)
            progress.items.beginObject()
            switch result {
            case .success(let result):
                if !result.isDropped { progress.touched[result.index.name] = result.index }
                result.writeMembers(to: &progress.items, refresh)
                progress.items.key("status")
                progress.items.value(result.status)
            case .failure(let error):
                progress.failures += 1
                progress.items.key("_index")
                progress.items.value(request.target)
                progress.items.key("_id")
                if let id = request.id { progress.items.value(id) } else { progress.items.null() }
                progress.items.key("status")
                progress.items.value(error.status)
                progress.items.key("error")
                progress.items.value(error.cause)
            }
            progress.items.endObject()
            progress.items.endObject()
        }
    }
}
