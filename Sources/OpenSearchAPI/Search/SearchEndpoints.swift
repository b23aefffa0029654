internal import ClusterState
internal import DocumentStore
internal import HTTPTypes
internal import Indices
internal import JSON
internal import Querying

/// `_search` and what is asked in the same language.
struct SearchEndpoints {
    let node: OpenSearchNode

    private static let counting =
        SearchParameters.query + OpenSearchNode.searchIndices + [
            "min_score", "preference", "routing", "terminate_after",
        ]

    var endpoints: [Endpoint] {
        [
            Endpoint("search", [.get, .post], ["/_search", "/{index}/_search"], SearchParameters.all, pool: .search) {
                request in
                try await answer(
                    request, try request.hasContent ? SearchRequest.parse(request.content) : SearchRequest())
            },
            Endpoint("count", [.get, .post], ["/_count", "/{index}/_count"], Self.counting, pool: .search) { request in
                try await count(request)
            },
            Endpoint(
                "validate", [.get, .post], ["/_validate/query", "/{index}/_validate/query"],
                SearchParameters.query + IndicesOptions.parameters + ["all_shards", "explain", "rewrite"], pool: .search
            ) { request in try await validate(request) },
            Endpoint(
                "explain", [.get, .post], ["/{index}/_explain/{id}"],
                SearchParameters.query + [
                    "_source", "_source_includes", "_source_excludes", "preference", "routing", "stored_fields",
                ], pool: .search
            ) { request in try await explain(request) },
        ]
    }

    // MARK: Searching

    /// Runs a search that the parameters of the request may still change.
    func answer(_ request: RestRequest, _ search: SearchRequest) async throws -> RestResponse {
        let begin = ContinuousClock.now
        var search = search
        try SearchParameters.apply(request, to: &search)
        if let type = request.text("search_type"), type != "query_then_fetch", type != "dfs_query_then_fetch" {
            throw OpenSearchError.illegalArgument("No search type for [\(type)]")
        }
        let reply: [UInt8]
        if let scroll = try request.time("scroll") {
            reply = try await beginScroll(&search, keepAlive: scroll, request, begin)
        } else if let point = search.pointInTime {
            guard request.text("index") == nil else {
                throw OpenSearchError.validation([
                    "[indices] cannot be used with point in time. Do not specify any index with point in time."
                ])
            }
            let targets = try targets(ofPoint: point)
            let result = try await node.execute(search, targets, for: request)
            reply = document(result, targets, begin, request, search, [("pit_id", point.id)])
        } else {
            let options = try IndicesOptions.search.overridden(by: request)
            let targets = try node.targets(request.list("index") ?? [], options)
            let result = try await node.execute(search, targets, for: request)
            reply = document(result, targets, begin, request, search, [])
        }
        return RestResponse(.json(reply))
    }

    private func targets(ofPoint point: SearchRequest.PointInTime) throws -> [SearchTarget] {
        let keepAlive = point.keepAlive.map { Duration.milliseconds($0) }
        if let keepAlive { try node.checkKeepAlive(keepAlive, "PIT") }
        let context = try node.useContext(point.id, keepAlive)
        guard context.kind == .pointInTime else {
            throw OpenSearchError(
                404, "search_context_missing_exception", "No search context found for id [\(point.id)]")
        }
        return try targets(of: context, (context.payload as? PointPayload)?.filters)
    }

    private func targets(
        of context: ReaderContexts.Context, _ filters: [Query?]?
    ) throws -> [SearchTarget] {
        let indices = node.metadata.current.indices
        return try context.snapshots.enumerated().compactMap { place, snapshot in
            guard let index = indices[snapshot.indexName] else { return nil }
            try Authorization.current?.check(.search, index)
            return SearchTarget(index: index, snapshot: snapshot, filter: filters?[place])
        }
    }

    /// The indices of one search of `_msearch`.
    func targets(_ request: RestRequest, _ header: JSONObject, _ search: SearchRequest) throws -> [SearchTarget] {
        var expressions = request.list("index") ?? []
        switch header["index"] ?? header["indices"] {
        case .string(let text)?: expressions = text.split(separator: ",").map(String.init)
        case .array(let elements)?: expressions = elements.compactMap(\.string)
        default: break
        }
        var options = IndicesOptions.search
        if let flag = header["ignore_unavailable"]?.bool { options.ignoresUnavailable = flag }
        if let flag = header["allow_no_indices"]?.bool { options.allowsNone = flag }
        return try search.pointInTime.map { try targets(ofPoint: $0) } ?? node.targets(expressions, options)
    }

    /// One search of `_msearch`.
    func answer(
        _ request: RestRequest, _ header: JSONObject, _ search: SearchRequest, _ targets: [SearchTarget],
        _ known: QueryEncodings
    ) async throws -> [UInt8] {
        let begin = ContinuousClock.now
        var search = search
        search.isScroll = false
        let partial = header["allow_partial_search_results"]
        let allowsPartial =
            try partial?.bool
            ?? partial?.string.map { text throws(OpenSearchError) in
                try RestRequest.boolean(text)
            }
        let result = try await node.execute(search, targets, for: request, allowsPartial: allowsPartial, known: known)
        return document(result, targets, begin, request, search, [], status: 200)
    }

    /// Writes an answer.
    private func document(
        _ result: SearchReply, _ targets: [SearchTarget], _ begin: ContinuousClock.Instant, _ request: RestRequest,
        _ search: SearchRequest, _ ids: [(String, String)], status: Int? = nil
    ) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: result.hits.count + (result.aggregations?.count ?? 0) + 256)
        writer.beginObject()
        for (name, id) in ids {
            writer.key(name)
            writer.value(id)
        }
        writer.key("took")
        writer.value((ContinuousClock.now - begin).milliseconds)
        writer.key("timed_out")
        writer.value(result.isTimedOut)
        if let early = result.terminatedEarly {
            writer.key("terminated_early")
            writer.value(early)
        }
        writer.key("_shards")
        writer.value(targets.shards(result.failures))
        writer.key("hits")
        writer.value(json: result.hits)
        if let aggregations = result.aggregations {
            writer.key("aggregations")
            writer.value(json: aggregations)
        }
        if let suggest = result.suggest {
            writer.key("suggest")
            writer.value(suggest)
        }
        if let profile = result.profile {
            writer.key("profile")
            writer.value(profile)
        }
        if let results = result.processorResults {
            writer.key("processor_results")
            writer.value(results)
        }
        if let extensions = result.extensions {
            writer.key("ext")
            writer.value(extensions)
        }
        if let status {
            writer.key("status")
            writer.value(status)
        }
        writer.endObject()
        return writer.bytes
    }

    // MARK: Scrolling

    private func beginScroll(
        _ search: inout SearchRequest, keepAlive: Duration, _ request: RestRequest, _ begin: ContinuousClock.Instant
    ) async throws -> [UInt8] {
        try node.checkKeepAlive(keepAlive, "scroll")
        if (search.from ?? 0) > 0 {
            throw OpenSearchError.validation(["using [from] is not allowed in a scroll context"])
        }
        if search.size == 0 { throw OpenSearchError.validation(["[size] cannot be [0] in a scroll context"]) }
        if search.pointInTime != nil {
            throw OpenSearchError.validation(["using [point in time] is not allowed in a scroll context"])
        }
        if search.searchAfter != nil {
            throw OpenSearchError.validation(["`search_after` cannot be used in a scroll context."])
        }
        search.isScroll = true
        let options = try IndicesOptions.search.overridden(by: request)
        let targets = try node.targets(request.list("index") ?? [], options)
        let result = try await node.execute(search, targets, for: request)
        // Later pages have no aggregations.
        var later = search
        later.aggregations = nil
        let context = try node.indices.contexts.open(
            .scroll, targets.map(\.snapshot), keepAlive: keepAlive.nanoseconds,
            payload: ScrollPayload(
                search: later, filters: targets.map(\.filter), after: result.lastSortValues,
                isAtEnd: result.lastSortValues == nil),
            limit: node.metadata.current.clusterSetting("search.max_open_scroll_context").flatMap { Int($0) })
        return document(result, targets, begin, request, search, [("_scroll_id", context.id)])
    }

    /// The next page of a scroll.
    func nextPage(
        of context: ReaderContexts.Context, _ payload: ScrollPayload, _ request: RestRequest
    ) async throws -> RestResponse {
        let begin = ContinuousClock.now
        let targets = try targets(of: context, payload.filters)
        var search = payload.search
        search.searchAfter = payload.after
        // At the end nothing is left; the total is told all the same.
        if payload.isAtEnd { search.size = 0 }
        let result = try await node.execute(search, targets, for: request)
        let isAtEnd = payload.isAtEnd || result.lastSortValues == nil
        node.indices.contexts.setPayload(
            ScrollPayload(
                search: payload.search, filters: payload.filters, after: result.lastSortValues ?? payload.after,
                isAtEnd: isAtEnd), of: context.id)
        return RestResponse(.json(document(result, targets, begin, request, search, [("_scroll_id", context.id)])))
    }

    // MARK: Questions with short answers

    /// The query of a request, from its body or its parameters; nil means everything.
    static func query(_ request: RestRequest) throws -> Query? {
        if let query = try SearchParameters.query(request) { return try Query(parsing: query) }
        return try request.hasContent ? SearchRequest.parseQuery(request.content) : nil
    }

    private func count(_ request: RestRequest) async throws -> RestResponse {
        let query = try Self.query(request)
        let options = try IndicesOptions.search.overridden(by: request)
        let targets = try node.targets(request.list("index") ?? [], options)
        let minScore = try request.number("min_score")
        let limit = try request.integer("terminate_after") ?? 0
        let (count, failures) = try await node.count(query, targets, minScore: minScore, for: request)
        var body: JSONObject = ["count": .number(JSONNumber(limit > 0 ? min(limit, count) : count))]
        if limit > 0 { body["terminated_early"] = .bool(count >= limit) }
        body["_shards"] = targets.shards(failures)
        return RestResponse(.object(body))
    }

    private func validate(_ request: RestRequest) async throws -> RestResponse {
        let options = try IndicesOptions.search.overridden(by: request)
        let targets = try node.targets(request.list("index") ?? [], options)
        let isExplained = try request.flag("explain") || request.flag("rewrite")
        var explanations: [JSONValue] = []
        var fault: OpenSearchError?
        var query: Query?
        do {
            query = try Self.query(request)
        } catch {
            fault = OpenSearchError(describing: error)
        }
        if fault == nil {
            for target in targets {
                do {
                    let text = try await node.describe(query, target)
                    explanations.append([
                        "index": .string(target.index.name), "valid": true, "explanation": .string(text),
                    ])
                } catch {
                    let error = OpenSearchError(describing: error)
                    fault = fault ?? error
                    let innermost = error.roots.first ?? error
                    explanations.append([
                        "index": .string(target.index.name), "valid": false,
                        "error": .string("\(innermost.type): \(innermost.reason)"),
                    ])
                }
            }
        }
        var body: JSONObject = [
            "_shards": ShardStatistics.object(["total": 1, "successful": 1, "failed": 0]), "valid": .bool(fault == nil),
        ]
        if isExplained {
            if explanations.isEmpty, let fault { body["error"] = .string("\(fault.type): \(fault.reason)") }
            body["explanations"] = .array(explanations)
        }
        return RestResponse(.object(body))
    }

    private func explain(_ request: RestRequest) async throws -> RestResponse {
        guard let query = try Self.query(request) else { throw OpenSearchError.validation(["query is missing"]) }
        let index = try node.readTarget(request.path("index"))
        let service = try node.service(index)
        let target = SearchTarget(index: index, snapshot: service.snapshot, filter: nil)
        let id = request.path("id")
        var body: JSONObject = ["_index": .string(index.name), "_id": .string(id)]
        guard let number = try target.snapshot.seqNos(ofIDs: [id])[0] else {
            body["matched"] = false
            return RestResponse(.object(body), status: 404)
        }
        let (isMatched, explanation) = try await node.explain(query, target, seqNo: number)
        body["matched"] = .bool(isMatched)
        body["explanation"] = explanation
        if let choice = SourceChoice(request), choice.isFetched,
            let document = try target.snapshot.documents(seqNos: [number])[0]
        {
            body["get"] = [
                "_seq_no": .number(JSONNumber(Int(document.seqNo))),
                "_primary_term": .number(JSONNumber(Int(document.primaryTerm))), "found": true,
                "_source": choice.apply(try RestRequest.parse(document.source)),
            ]
        }
        return RestResponse(.object(body))
    }
}
