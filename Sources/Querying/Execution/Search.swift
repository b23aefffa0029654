import JSON
import Mappings
import SearchIndex

/// Runs searches.
public enum Search {
    /// Searches indices and merges what they find.
    ///
    /// Blocks the calling thread until it is done, cancelled or out of time.
    ///
    /// - Throws: ``SearchError``; its phase says which envelope goes around it.
    public static func run(
        _ request: SearchRequest, over views: [any IndexView], context: SearchContext
    ) throws -> SearchResponse {
        let start = context.clock()
        try check(request, views)
        var request = try TwoPhaseSearch.apply(request, context.encodings, views.map(\.mapping))
        let hybrid = try HybridSearch(request, views, context: context)
        if case .hybrid(let query) = request.query?.kind {
            // Counts, aggregations and highlights are those of all that the queries find.
            request.query = query.union
            if hybrid != nil { request.minScore = nil }
        }
        var response = SearchResponse()
        response.shards = views.count
        let aggregations = try request.aggregations.map { try AggregationRequest(parsing: $0) }
        var partials: [PartialAggregations] = []
        let deadline = Deadline(context, start: start, timeout: request.timeout)
        let from = request.from ?? 0
        let size = request.size ?? 10
        let asDouble = try mixedTypes(request, views)
        var searches: [ViewSearch] = []
        var candidates: [Candidate] = []
        var suggested: [[[SuggestionEntry]]] = []
        var failures: [SearchError] = []
        for (i, view) in views.enumerated() {
            do {
                let search = try ViewSearch(i, view, request, context, asDouble: asDouble)
                let limit = max(from + size, request.rescore.map(\.windowSize).max() ?? 0)
                search.aggregationsNeedScores = aggregations?.needsScores ?? false
                let collector = try aggregations.map {
                    try AggregationCollector(
                        $0, context: search, isOnlyIndex: views.count == 1, maximumBuckets: context.maximumBuckets)
                }
                suggested.append(try suggest(request, search))
                if request.isSuggestOnly { continue }
                if let hybrid {
                    let found = try hybrid.search(view, i, deadline: deadline)
                    if request.trackTotalHits != .off || collector != nil {
                        _ = try search.run(limit: 0, deadline: deadline, aggregations: collector)
                    }
                    try view.checkDamage()
                    hybrid.add(found, i)
                } else {
                    var found = try search.run(limit: limit, deadline: deadline, aggregations: collector)
                    for rescore in request.rescore { found = try search.rescore(found, rescore) }
                    try view.checkDamage()
                    candidates += found
                }
                if let collector { partials.append(try collector.finish()) }
                searches.append(search)
            } catch let error as SearchError where error.phase != .request && error.type != "task_cancelled_exception" {
                failures.append(error.during(error.phase, index: view.name))
            }
        }
        if let first = failures.first, failures.count == views.count { throw first }
        response.failures = failures
        if let hybrid { candidates = hybrid.fused() } else { merge(&candidates, searches, request) }
        let page = Array(candidates.dropFirst(from).prefix(size))
        response.hits = Hits.make(searches, page, request)
        response.timedOut = deadline.isOver
        if request.terminateAfter > 0 { response.terminatedEarly = searches.contains(where: \.terminatedEarly) }
        response.hits.hits = try HitFetcher(request: request, context: context, searches: searches).hits(page)
        if let hybrid {
            response.hits.maxScore = size == 0 ? nil : candidates.first?.score
            if request.explain { try hybrid.explain(page, in: &response.hits.hits) }
        }
        response.aggregations = try aggregations?.reduce(
            partials, typedKeys: context.typedKeys, maximumBuckets: context.maximumBuckets, now: context.now)
        if !request.suggest.isEmpty {
            response.suggest = try SuggestionResults.json(request.suggest, suggested, typedKeys: context.typedKeys)
        }
        let nanoseconds = context.clock() - start
        if request.profile { response.profile = SearchProfile.json(searches, request, nanoseconds: nanoseconds) }
        response.took = Int(nanoseconds / 1_000_000)
        return response
    }

    /// Counts matches; what went wrong in some of the indices comes with the count of the others.
    ///
    /// - Throws: ``SearchError``.
    public static func count(
        _ query: Query?, over views: [any IndexView], context: SearchContext, terminateAfter: Int = 0,
        minScore: Float? = nil
    ) throws -> (count: Int, failures: [SearchError]) {
        var request = SearchRequest()
        request.query = query
        request.size = 0
        request.trackTotalHits = .exact
        request.terminateAfter = terminateAfter
        request.minScore = minScore
        let response = try run(request, over: views, context: context)
        return (response.hits.total?.value ?? 0, response.failures)
    }

    /// Explains the score of one document for a query; `nil` if the snapshot does not have the document.
    ///
    /// - Throws: ``SearchError``.
    public static func explain(
        _ query: Query, document seqNo: Int64, in view: any IndexView, context: SearchContext
    ) throws -> Explanation? {
        var request = SearchRequest()
        request.query = query.single
        request.explain = true
        let search = try ViewSearch(0, view, request, context, asDouble: [])
        for segment in view.snapshot.segments {
            guard let document = segment.document(withSeqNo: seqNo), segment.isLive(document) else { continue }
            let explanation = try search.weight.explain(segment, document)
            try view.checkDamage()
            return explanation
        }
        return nil
    }

    /// Checks that a query fits an index, without running it.
    ///
    /// - Returns: The query as Lucene names what it becomes in this index: `title:quick`.
    /// - Throws: ``SearchError`` with what is wrong.
    public static func validate(_ query: Query, in view: any IndexView, context: SearchContext) throws -> String {
        var request = SearchRequest()
        request.query = query.single
        let search = try ViewSearch(0, view, request, context, asDouble: [])
        return search.builder.name(of: try search.planner.plan(query.single))
    }

    /// Hands every document that a query matches to a body, by sequence number, in index order: for updates and deletes by query.
    ///
    /// - Throws: ``SearchError``, and what the body throws.
    public static func forEachMatch(
        _ query: Query?, in view: any IndexView, context: SearchContext, _ body: (Int64) throws -> Bool
    ) throws {
        var request = SearchRequest()
        request.query = query?.single
        let search = try ViewSearch(0, view, request, context, asDouble: [])
        let deadline = Deadline(context, start: context.clock(), timeout: nil)
        for segment in view.snapshot.segments {
            guard let scorer = try search.weight.scorer(segment) else { continue }
            let searchable = segment.searchableDocuments
            while scorer.nextMatch() != noMoreDocuments {
                if let searchable, !searchable.contains(scorer.document) { continue }
                _ = try deadline.tick()
                if try !body(segment.seqNo(of: scorer.document)) { return }
            }
            try search.builder.faults.check()
        }
        try view.checkDamage()
    }

    /// The entries of each suggestion in one index.
    private static func suggest(_ request: SearchRequest, _ search: ViewSearch) throws -> [[SuggestionEntry]] {
        if request.suggest.isEmpty { return [] }
        let suggester = TermSuggester(search.planner)
        return try request.suggest.map { try suggester.entries($0) }
    }

    /// Bounds that depend on the indices.
    private static func check(_ request: SearchRequest, _ views: [any IndexView]) throws {
        let limits = views.map(\.limits)
        let window = limits.map(\.resultWindow).min() ?? request.limits.resultWindow
        let from = request.from ?? 0
        let size = request.size ?? 10
        let (end, isOver) = from.addingReportingOverflow(size)
        if isOver || end > window {
            let reason =
                request.isScroll
                ? "Batch size is too large, size must be less than or equal to: [\(window)] but was [\(end)]. Scroll batch sizes cost as much memory as result windows so they are controlled by the [index.max_result_window] index level setting."
                : "Result window is too large, from + size must be less than or equal to: [\(window)] but was [\(end)]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting."
            throw SearchError.illegalArgument(reason).during(.query, index: views.first?.name)
        }
        let rescoreWindow = limits.map(\.rescoreWindow).min() ?? request.limits.rescoreWindow
        for rescore in request.rescore where rescore.windowSize > rescoreWindow {
            throw SearchError.illegalArgument(
                "Rescore window [\(rescore.windowSize)] is too large. It must be less than [\(rescoreWindow)]. This prevents allocating massive heaps for storing the results to be rescored. This limit can be set by changing the [index.max_rescore_window] index level setting."
            ).during(.query, index: views.first?.name)
        }
        let docvalues = limits.map(\.docvalueFields).min() ?? request.limits.docvalueFields
        if request.docvalueFields.count > docvalues {
            throw SearchError.illegalArgument(
                "Trying to retrieve too many docvalue_fields. Must be less than or equal to: [\(docvalues)] but was [\(request.docvalueFields.count)]. This limit can be set by changing the [index.max_docvalue_fields_search] index level setting."
            ).during(.query, index: views.first?.name)
        }
    }

    /// For each sort field, whether its numbers must be compared as doubles because indices differ.
    private static func mixedTypes(_ request: SearchRequest, _ views: [any IndexView]) throws -> [Bool] {
        request.sort.map { sort in
            if sort.numericType == "double" { return true }
            let encodings = views.compactMap { $0.mapping.field(sort.field)?.numericEncoding }
            return encodings.contains { FieldSort.isFloating($0) } || Set(encodings).count > 1
        }
    }

    private static func merge(
        _ candidates: inout [Candidate], _ searches: [ViewSearch], _ request: SearchRequest
    ) {
        guard let order = searches.first?.order, searches.count > 1 else { return }
        candidates.sort { order.precedes($0, $1) }
        guard request.collapse != nil else { return }
        var seen: Set<HitSortKey> = []
        candidates = candidates.filter { seen.insert($0.group ?? .missing).inserted }
    }
}

/// The head of a response's hits.
private enum Hits {
    static func make(
        _ searches: [ViewSearch], _ page: [Candidate], _ request: SearchRequest
    ) -> SearchResponse.Hits {
        var hits = SearchResponse.Hits(total: nil, maxScore: nil, hits: [])
        if request.trackTotalHits != .off {
            var value = searches.reduce(0) { $0 + $1.count }
            var isLowerBound = searches.contains(where: \.isCountLowerBound)
            if case .upTo(let bound) = request.trackTotalHits, value > bound {
                value = bound
                isLowerBound = true
            }
            hits.total = SearchResponse.Total(value: value, isLowerBound: isLowerBound)
        }
        let showsScores = request.sort.isEmpty || request.trackScores || request.sort.contains { $0.field == "_score" }
        if showsScores, request.size != 0 { hits.maxScore = searches.compactMap(\.maxScore).max() }
        return hits
    }
}
