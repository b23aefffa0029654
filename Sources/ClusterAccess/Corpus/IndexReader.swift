import JSON

/// Reads all documents of an index that a query finds, as they were at one moment, in batches.
///
/// A point in time and `search_after` first, sorted by `_shard_doc` or, where the cluster does not know that, by `_id`; a scroll where the cluster has no points in
/// time or sorts by neither. What a batch lacks is an error: documents are never left out silently.
struct IndexReader {
    let cluster: any SearchCluster
    let index: String
    let query: JSONValue?
    /// The fields of the source that are wanted.
    let fields: [String]
    let keepAlive: String
    /// Documents in a request; fewer are asked for where a reply becomes too large.
    let batch: Int

    /// Hits of one reply, and how many documents there are in all.
    typealias Use = (_ hits: [JSONValue], _ total: Int) throws -> Void

    private static let gone =
        "The index may have been deleted or closed while it was read. Nothing was written; begin again once it is there."

    /// Hands out all documents.
    func read(_ use: Use) async throws {
        let request = ClusterRequest(
            "POST", ClusterRequest.path(index) + "/_search/point_in_time", query: [("keep_alive", keepAlive)],
            isRepeatable: true)
        let reply = try await cluster.send(request)
        guard reply.isSuccess else {
            guard [400, 404, 405, 501].contains(reply.status), reply.errorType != "index_not_found_exception" else {
                throw cluster.refusal(reply, of: request)
            }
            return try await scroll(use)
        }
        guard var id = reply.body["pit_id"]?.string else { throw cluster.malformed(request, lacks: "pit_id") }
        let isRead: Bool
        do {
            isRead = try await search(&id, use)
        } catch {
            await close(id)
            throw error
        }
        await close(id)
        if !isRead { try await scroll(use) }
    }

    // MARK: Points in time

    private func close(_ id: String) async {
        await cluster.tidyUp(
            ClusterRequest("DELETE", "/_search/point_in_time", json: ["pit_id": [.string(id)]]))
    }

    /// - Returns: Whether the cluster could sort; if not, nothing was handed out.
    private func search(_ id: inout String, _ use: Use) async throws -> Bool {
        for order in ["_shard_doc", "_id"] {
            if try await search(&id, by: order, use) { return true }
        }
        return false
    }

    private func search(_ id: inout String, by order: String, _ use: Use) async throws -> Bool {
        var after: JSONValue?
        var count = Count()
        var size = batch
        while true {
            var body: JSONObject = [
                "pit": ["id": .string(id), "keep_alive": .string(keepAlive)],
                "sort": .array([.object(JSONObject([(key: order, value: .string("asc"))]))]),
            ]
            body["search_after"] = after
            let request = search("/_search", body, size, isFirst: count.total == nil)
            let reply: ClusterReply
            do throws(ClusterError) {
                reply = try await cluster.send(request)
            } catch {
                guard error.code == .replyTooLarge, size > 1 else { throw error }
                size /= 2
                continue
            }
            if reply.status == 400, after == nil { return false }
            let hits = try count.hits(of: reply, to: request, self)
            if let renewed = reply.body["pit_id"]?.string { id = renewed }
            guard let last = hits.last else {
                try count.finish(self)
                return true
            }
            guard let place = last["sort"] else { throw cluster.malformed(request, lacks: "hits.hits.sort") }
            after = place
            try use(hits, count.total ?? count.read)
        }
    }

    // MARK: Scrolls

    private func scroll(_ use: Use) async throws {
        var count = Count()
        var request = search(
            ClusterRequest.path(index) + "/_search", ["sort": ["_doc"]], batch, isFirst: true)
        request.query.append(("scroll", keepAlive))
        var id: String?
        do {
            while true {
                let reply = try await cluster.send(request)
                id = reply.body["_scroll_id"]?.string ?? id
                let hits = try count.hits(of: reply, to: request, self)
                if hits.isEmpty { break }
                try use(hits, count.total ?? count.read)
                guard let id else { throw cluster.malformed(request, lacks: "_scroll_id") }
                // Every call moves on: an answer that got lost cannot be asked for again.
                request = ClusterRequest(
                    "POST", "/_search/scroll", json: ["scroll": .string(keepAlive), "scroll_id": .string(id)])
            }
            try count.finish(self)
        } catch {
            await clear(id)
            throw error
        }
        await clear(id)
    }

    private func clear(_ id: String?) async {
        guard let id else { return }
        await cluster.tidyUp(ClusterRequest("DELETE", "/_search/scroll", json: ["scroll_id": [.string(id)]]))
    }

    // MARK: Requests and replies

    private func search(_ path: String, _ fields: JSONObject, _ size: Int, isFirst: Bool) -> ClusterRequest {
        var body = fields
        body["size"] = .number(JSONNumber(size))
        body["_source"] = ["includes": .array(self.fields.map { .string($0) })]
        body["query"] = query ?? ["match_all": [:]]
        body["track_total_hits"] = .bool(isFirst)
        return ClusterRequest(
            "POST", path, query: [("allow_partial_search_results", "false")], json: .object(body), isRepeatable: true)
    }

    /// What came so far, against what was promised.
    private struct Count {
        var total: Int?
        var read = 0

        /// The hits of a reply that lacks nothing.
        mutating func hits(
            of reply: ClusterReply, to request: ClusterRequest, _ reader: IndexReader
        ) throws(ClusterError) -> [JSONValue] {
            let cluster = reader.cluster
            guard reply.isSuccess else {
                throw cluster.refusal(reply, of: request, advice: reply.status == 404 ? IndexReader.gone : "")
            }
            guard let hits = reply.body["hits"]?["hits"]?.array else {
                throw cluster.malformed(request, lacks: "hits.hits")
            }
            let failed = reply.body["_shards"]?["failed"]?.int ?? 0
            guard failed == 0, reply.body["timed_out"]?.bool != true else {
                let reason = reply.body["_shards"]?["failures"]?[0]?["reason"]?["reason"]?.string
                throw ClusterError(
                    .incomplete, cluster: cluster.name, request: request.shown,
                    reason: failed > 0
                        ? "\(failed) shards of [\(reader.index)] failed: \(reason ?? "no reason is given")"
                        : "the search of [\(reader.index)] ran out of time", advice: IndexReader.gone)
            }
            let stated = reply.body["hits"]?["total"]
            if total == nil { total = stated?["value"]?.int ?? stated?.int }
            read += hits.count
            return hits
        }

        /// Makes sure that all documents came.
        func finish(_ reader: IndexReader) throws(ClusterError) {
            guard let total, total != read else { return }
            throw reader.cluster.error(
                .incomplete, "[\(reader.index)] was to give \(total) documents and gave \(read)", IndexReader.gone)
        }
    }
}
