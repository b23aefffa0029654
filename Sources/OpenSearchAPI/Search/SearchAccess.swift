internal import ClusterState
internal import DocumentStore
internal import Indices
internal import JSON
internal import Mappings
internal import Pipelines
internal import Querying
internal import SearchIndex
internal import TextAnalysis

/// The questions that endpoints ask of indices.
extension OpenSearchNode {
    /// Runs a search over some indices, through its pipeline if it has one.
    ///
    /// - Parameter allowsPartial: Whether failures of some indices, or the end of the time, leave an answer; nil: what the request's
    ///   parameters and the cluster's settings say.
    /// - Parameter known: What texts became that were encoded together with those of other searches.
    func execute(
        _ search: SearchRequest, _ targets: [SearchTarget], for request: RestRequest, allowsPartial: Bool? = nil,
        known: QueryEncodings = .none
    ) async throws -> SearchReply {
        var search = search
        var use = try pipeline(search, targets, request)
        try use?.prepare(&search, request)
        if search.timeout == nil, let text = metadata.current.clusterSetting("search.default_search_timeout"),
            text != "-1"
        {
            search.timeout = try TimeValue.read(text, setting: "search.default_search_timeout").milliseconds
        }
        if search.isScroll { search.addTiebreaker() }
        let asInteger = try request.flag("rest_total_hits_as_int")
        if asInteger, case .upTo = search.trackTotalHits { search.trackTotalHits = .exact }
        let begin = ContinuousClock.now
        let end = try Self.end(of: request, from: begin)
        var response = try Search.run(
            search, over: targets.map { TargetView($0) },
            context: try await context(request, of: try search.queries, targets, known, until: end))
        let allowsPartial =
            try allowsPartial ?? request.optionalFlag("allow_partial_search_results")
            ?? (metadata.current.clusterSetting("search.default_allow_partial_results") != "false")
        if !allowsPartial {
            if !response.failures.isEmpty {
                throw OpenSearchError(failedSearch: "Partial shards failure", response.failures)
            }
            if response.timedOut {
                let late = SearchError(
                    type: "query_phase_execution_exception", reason: "Time exceeded", status: 500, phase: .query,
                    index: targets.first?.index.name)
                throw OpenSearchError(failedSearch: "Partial shards failure", [late])
            }
        }
        let found = response.hits.hits
        try await use?.finish(&response, before: end)
        let time = (ContinuousClock.now - begin).nanoseconds
        for target in targets {
            try? service(target.index).count {
                $0.queries += 1
                $0.queryTime += time / Int64(max(1, targets.count))
                if !response.hits.hits.isEmpty { $0.fetches += 1 }
            }
        }
        var reply = SearchReply(hits: response.hits.json(totalAsInteger: asInteger).serializedBytes())
        reply.aggregations = response.aggregations?.serializedBytes()
        reply.suggest = response.suggest
        reply.profile = response.profile
        if let use, use.trace.isOn { reply.processorResults = .array(use.trace.results) }
        if let use, !use.context.extensions.isEmpty { reply.extensions = .object(use.context.extensions) }
        reply.failures = response.failures
        reply.isTimedOut = response.timedOut
        reply.terminatedEarly = response.terminatedEarly
        reply.hitCount = response.hits.hits.count
        let size = search.size ?? 10
        // Where the search goes on, whatever became of the order of this page.
        if found.count == size, size > 0 { reply.lastSortValues = found.last?.sort }
        return reply
    }

    /// Encodes the texts of several searches at once, as far as that goes: what is missing is encoded, or told, with its search.
    func encodings(of searches: [(search: SearchRequest, targets: [SearchTarget])]) async -> QueryEncodings {
        guard encoder != nil, searches.count > 1 else { return .none }
        let queries = searches.flatMap { (try? $0.search.queries) ?? [] }
        let mappings = searches.flatMap { $0.targets.map(\.snapshot.mapping) }
        return (try? await QueryEncodings(of: queries, mappings: mappings, by: encoder)) ?? .none
    }

    /// How many documents a query finds, and which of several indices could not tell.
    func count(
        _ query: Query?, _ targets: [SearchTarget], minScore: Double?, for request: RestRequest?
    ) async throws -> (count: Int, failures: [SearchError]) {
        try Search.count(
            query, over: targets.map { TargetView($0) }, context: try await context(request, of: [query], targets),
            minScore: minScore.map { Float($0) })
    }

    /// Whether an index has a document that a query finds.
    func matches(_ filter: JSONValue, _ index: IndexMetadata) async throws -> Bool {
        let target = SearchTarget(index: index, snapshot: try service(index).snapshot)
        let query = try Query(parsing: filter)
        return try Search.count(
            query, over: [TargetView(target)], context: try await context(nil, of: [query], [target]), terminateAfter: 1
        ).count > 0
    }

    /// Makes sure that a query fits an index; what comes back is for people.
    func describe(_ query: Query?, _ target: SearchTarget) async throws -> String {
        guard let query else { return "*:*" }
        return try Search.validate(
            query, in: TargetView(target), context: try await context(nil, of: [query], [target]))
    }

    /// Whether and why a query finds a document.
    func explain(_ query: Query, _ target: SearchTarget, seqNo: Int64) async throws -> (Bool, JSONValue) {
        let explanation = try Search.explain(
            query, document: seqNo, in: TargetView(target), context: try await context(nil, of: [query], [target]))
        guard let explanation else { return (false, .null) }
        return (explanation.isMatch, explanation.json)
    }

    /// The sequence numbers of all documents that a query finds, in index order, in pages.
    ///
    /// Eight bytes a document are held.
    ///
    /// - Parameter slice: Which part of the documents is meant. It is divided by their ids, so that a document stays in its part when it
    ///   is changed.
    func pages(
        _ query: Query?, slice: SearchRequest.Slice?, _ target: SearchTarget, size: Int, maximum: Int?
    ) async throws -> [[Int64]] {
        var pages: [[Int64]] = []
        var left = maximum ?? .max
        guard left > 0 else { return [] }
        func add(_ number: Int64) -> Bool {
            if pages.last.map({ $0.count == size }) ?? true { pages.append([]) }
            pages[pages.count - 1].append(number)
            left -= 1
            return left > 0
        }
        var unsorted: [Int64] = []
        func sort(_ slice: SearchRequest.Slice) throws -> Bool {
            for case let document? in try target.snapshot.documents(seqNos: unsorted) where slice.holds(document.id) {
                if !add(document.seqNo) { return false }
            }
            unsorted.removeAll(keepingCapacity: true)
            return true
        }
        let context = try await context(nil, of: [query], [target])
        try Search.forEachMatch(query, in: TargetView(target), context: context) { number in
            guard let slice else { return add(number) }
            unsorted.append(number)
            return try unsorted.count < 1000 || sort(slice)
        }
        if let slice, left > 0 { _ = try sort(slice) }
        return pages
    }

    /// When nobody waits for a search any more; nil: as long as its client does.
    private static func end(
        of request: RestRequest, from begin: ContinuousClock.Instant
    ) throws -> ContinuousClock.Instant? {
        try request.time("cancel_after_time_interval").flatMap { $0 > .zero ? begin + $0 : nil }
    }

    /// What searches know beside their request; encodes the texts of queries.
    ///
    /// - Parameter end: when nobody waits any more; nil: what the request says.
    private func context(
        _ request: RestRequest?, of queries: [Query?], _ targets: [SearchTarget], _ known: QueryEncodings = .none,
        until end: ContinuousClock.Instant? = nil
    ) async throws -> SearchContext {
        let now = Clock.milliseconds
        let end = try end ?? request.flatMap { try Self.end(of: $0, from: .now) }
        var context = SearchContext(
            now: Moment(seconds: Int(now / 1000), nanosecond: Int(now % 1000) * 1_000_000),
            lookup: NodeTermsLookup(node: self),
            isCancelled: { Task.isCancelled || end.map { ContinuousClock.now >= $0 } ?? false })
        context.typedKeys = try request?.flag("typed_keys") ?? false
        if let limit = metadata.current.clusterSetting("search.max_buckets").flatMap({ Int($0) }) {
            context.maximumBuckets = limit
        }
        context.encodings = try await QueryEncodings(
            of: (queries + targets.map(\.filter)).compactMap(\.self), mappings: targets.map(\.snapshot.mapping),
            known: known, by: encoder)
        return context
    }
}

extension SearchRequest.Slice {
    /// Whether a document belongs to the part (by FNV-1a).
    fileprivate func holds(_ documentID: String) -> Bool {
        let hash = documentID.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int((hash >> 16) % UInt64(max)) == id
    }
}

extension SearchRequest {
    /// Gives every hit a place of its own, so that a scroll can go on behind the last one.
    fileprivate mutating func addTiebreaker() {
        if sort.isEmpty { sort = [SortField(field: "_score")] }
        if sort.last?.field != "_shard_doc" { sort.append(SortField(field: "_shard_doc")) }
    }
}

/// An index as searches see it.
private struct TargetView: IndexView {
    let target: SearchTarget

    init(_ target: SearchTarget) { self.target = target }

    var name: String { target.index.name }
    var uuid: String { target.index.uuid }
    var snapshot: IndexSnapshot { target.snapshot.index }
    var mapping: Mapping { target.snapshot.mapping }
    var analysis: AnalysisRegistry { target.snapshot.analysis }
    var filter: Query? { target.filter }

    var defaultFields: [String] {
        switch target.index.settings["index.query.default_field"] {
        case .array(let names)?: names.compactMap(\.string)
        case let value?: value.string?.split(separator: ",").map { String($0.trimmed) } ?? ["*"]
        case nil: ["*"]
        }
    }

    var isLenient: Bool { target.index.setting("index.query_string.lenient") == "true" }

    var limits: SearchRequest.Limits {
        func integer(_ name: String) -> Int? { target.index.setting("index.\(name)").flatMap { Int($0) } }
        var limits = SearchRequest.Limits()
        if let value = integer("max_result_window") { limits.resultWindow = value }
        if let value = integer("max_rescore_window") { limits.rescoreWindow = value }
        if let value = integer("max_terms_count") { limits.termsCount = value }
        if let value = integer("max_docvalue_fields_search") { limits.docvalueFields = value }
        if let value = integer("max_inner_result_window") { limits.innerResultWindow = value }
        if let value = integer("max_regex_length") { limits.regexLength = value }
        if let value = integer("highlight.max_analyzed_offset") { limits.analyzedOffset = value }
        if let value = integer("knn.algo_param.ef_search") { limits.efSearch = value }
        return limits
    }

    func seqNos(ofIDs ids: [String]) throws -> [Int64] {
        try target.snapshot.seqNos(ofIDs: ids).compactMap { $0 }
    }

    func documents(_ seqNos: [Int64]) throws -> [ShownDocument?] {
        try target.snapshot.documents(seqNos: seqNos).map { document in
            document.map {
                ShownDocument(
                    id: $0.id, seqNo: $0.seqNo, primaryTerm: Int($0.primaryTerm), version: Int($0.version),
                    routing: $0.routing, source: $0.source)
            }
        }
    }

    func similarity(named name: String) -> BM25? {
        if name == "BM25" || name == "default" { return BM25() }
        let settings = target.index.settings
        guard settings["index.similarity.\(name).type"]?.string == "BM25" else { return nil }
        func number(_ key: String) -> Float? {
            settings["index.similarity.\(name).\(key)"]?.string.flatMap { Float($0) }
        }
        return BM25(k1: number("k1") ?? 1.2, b: number("b") ?? 0.75)
    }
}

/// Documents that `terms` queries name.
private struct NodeTermsLookup: TermsLookup {
    let node: OpenSearchNode
    /// Of the request: lookups may run on threads that know of no task.
    private let authorization = Authorization.current

    init(node: OpenSearchNode) { self.node = node }

    func source(index: String, id: String, routing: String?) throws -> [UInt8]? {
        let index = try Authorization.$current.withValue(authorization) { try node.readTarget(index) }
        return try node.document(id, in: index, isRealtime: true)?.source
    }
}
