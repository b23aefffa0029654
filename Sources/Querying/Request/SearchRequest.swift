public import JSON
public import SparseIndex

/// The body of a search, read and checked; independent of any index.
public struct SearchRequest: Sendable {
    /// How many hits are counted exactly.
    public enum TotalHits: Sendable, Hashable {
        /// All.
        case exact
        /// None: the response has no total.
        case off
        /// Up to so many; then "gte".
        case upTo(Int)
    }

    /// Settings of an index that bound a request.
    public struct Limits: Sendable, Hashable {
        /// The `index.max_result_window` part.
        public var resultWindow = 10_000
        /// The `index.max_rescore_window` part.
        public var rescoreWindow = 10_000
        /// The `indices.query.bool.max_clause_count` part.
        public var clauseCount = 1024
        /// The `index.max_terms_count` part.
        public var termsCount = 65_536
        /// The `index.max_docvalue_fields_search` part.
        public var docvalueFields = 100
        /// The `index.max_inner_result_window` part.
        public var innerResultWindow = 100
        /// The `index.max_regex_length` part.
        public var regexLength = 1000
        /// The setting `index.highlight.max_analyzed_offset` in UTF-16 code units.
        public var analyzedOffset = 1_000_000
        /// The setting `index.knn.algo_param.ef_search`: how wide graphs are searched where neither query nor mapping says it.
        public var efSearch = 100

        /// The defaults of OpenSearch.
        public init() {}
    }

    /// A point in time to search in place of indices.
    public struct PointInTime: Sendable, Hashable {
        /// Its id.
        public var id: String
        /// How long it lives from now on, in milliseconds.
        public var keepAlive: Int?
    }

    /// A part of the index.
    public struct Slice: Sendable, Hashable {
        /// Which part, from 0.
        public var id: Int
        /// How many parts.
        public var max: Int
        /// The field that decides; `_id` by default.
        public var field: String
    }

    /// The body as it was read, which the request processors of a search pipeline change.
    package var root: RequestNode?
    /// `query`; `nil`: everything.
    public var query: Query?
    /// The `post_filter` part.
    public var postFilter: Query?
    /// The `from` part.
    public var from: Int?
    /// The `size` part.
    public var size: Int?
    /// `sort`; empty: by score.
    public var sort: [SortField] = []
    /// The `search_after` part.
    public var searchAfter: [JSONValue]?
    /// The `track_scores` part.
    public var trackScores = false
    /// The `track_total_hits` part.
    public var trackTotalHits = TotalHits.upTo(10_000)
    /// The `min_score` part.
    public var minScore: Float?
    /// `terminate_after`; 0: never.
    public var terminateAfter = 0
    /// `timeout` in milliseconds.
    public var timeout: Int?
    /// The `_source` part.
    public var source: SourceFilter?
    /// The `fields` part.
    public var fields: [FieldFormat] = []
    /// The `docvalue_fields` part.
    public var docvalueFields: [FieldFormat] = []
    /// `stored_fields`; `nil` if not given.
    public var storedFields: [String]?
    /// The `highlight` part.
    public var highlight: Highlight?
    /// The `collapse` part.
    public var collapse: Collapse?
    /// The `rescore` part.
    public var rescore: [Rescore] = []
    /// The `explain` part.
    public var explain = false
    /// The `profile` part.
    public var profile = false
    /// The `version` part.
    public var version = false
    /// The `seq_no_primary_term` part.
    public var seqNoPrimaryTerm = false
    /// `include_named_queries_score`: matched queries with their scores.
    public var namedQueryScores = false
    /// The `slice` part.
    public var slice: Slice?
    /// `indices_boost`: names or patterns in order.
    public var indicesBoost: [FieldBoost] = []
    /// The `pit` part.
    public var pointInTime: PointInTime?
    /// `aggs`, as it was sent; read by the aggregations.
    public var aggregations: JSONValue?
    /// The `suggest` part.
    public var suggest: [TermSuggestion] = []
    /// `ext`, as it was sent.
    public var ext: JSONValue?
    /// How the results of a hybrid query become one list, as a search pipeline says; `nil`: by the best score.
    public var fusion: ScoreFusion?
    /// How `neural_sparse` queries are searched in two phases, as a search pipeline says; `nil`: in one.
    public var twoPhase: TwoPhaseParameters?
    /// `search_pipeline`: a name or a definition.
    public var searchPipeline: JSONValue?
    /// `verbose_pipeline`: whether the answer shows what each processor did.
    public var verbosePipeline = false
    /// `stats` groups.
    public var stats: [String] = []
    /// Whether a scroll follows, which has no `from`.
    public var isScroll = false
    /// Settings that bound the request.
    public var limits = Limits()

    /// A search for everything.
    public init() {}

    /// The body as it was sent; `nil` for a search that was made otherwise.
    public var body: JSONValue? { root?.json }

    /// Whether nothing but suggestions is asked for: then there are no hits.
    var isSuggestOnly: Bool { !suggest.isEmpty && query == nil && aggregations == nil }

    /// Whether the score of each hit is needed for its order or its reply.
    public var needsScores: Bool {
        sort.isEmpty || trackScores || minScore != nil || sort.contains { $0.field == "_score" }
    }
}

extension SearchRequest {
    /// Reads a body.
    ///
    /// - Throws: ``SearchError`` as OpenSearch words it, with line and column.
    public static func parse(_ bytes: [UInt8]) throws -> SearchRequest {
        let body = try RequestBody(bytes)
        return try SearchRequestParser(body).request(body.root)
    }

    /// Reads a body that has been read as a document; places in errors are those of its compact text.
    ///
    /// - Throws: ``SearchError``.
    public static func parse(_ value: JSONValue) throws -> SearchRequest {
        let body = try RequestBody(value)
        return try SearchRequestParser(body).request(body.root)
    }

    /// Reads the body of `_count`, `_validate/query`, `_explain`, `_delete_by_query`: only `query` is known.
    ///
    /// - Throws: ``SearchError``.
    public static func parseQuery(_ bytes: [UInt8]) throws -> Query? {
        let body = try RequestBody(bytes)
        guard let members = body.root.members else {
            throw body.parsing(body.root, "Expected [START_OBJECT] but found [\(body.root.token)]")
        }
        var query: Query?
        for member in members {
            guard member.key == "query" else {
                throw body.parsing(member.value, "request does not support [\(member.key)]")
            }
            query = try QueryParser(body).query(member.value)
        }
        return query
    }
}

extension Query {
    /// Reads `{ "match": { … } }`.
    ///
    /// - Throws: ``SearchError``.
    public init(parsing value: JSONValue) throws {
        let body = try RequestBody(value)
        self = try QueryParser(body).query(body.root)
    }
}
