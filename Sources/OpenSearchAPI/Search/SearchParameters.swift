internal import JSON
internal import Querying

/// The parameters of the query that change what a body asks for.
enum SearchParameters {
    /// Those of the little query language: `q` and its companions.
    static let query = ["q", "df", "analyzer", "analyze_wildcard", "default_operator", "lenient"]

    /// All of `_search`.
    static let all =
        query + OpenSearchNode.searchIndices + [
            "_source", "_source_includes", "_source_excludes", "allow_partial_search_results", "batched_reduce_size",
            "cancel_after_time_interval", "ccs_minimize_roundtrips", "docvalue_fields", "explain", "from",
            "include_named_queries_score", "index", "max_concurrent_shard_requests", "phase_took",
            "pre_filter_shard_size",
            "preference", "request_cache", "rest_total_hits_as_int", "routing", "scroll", "search_pipeline",
            "search_type",
            "seq_no_primary_term", "size", "sort", "stats", "stored_fields", "suggest_field", "suggest_mode",
            "suggest_size", "suggest_text", "terminate_after", "timeout", "track_scores", "track_total_hits",
            "typed_keys",
            "verbose_pipeline", "version",
        ]

    /// The query of the parameters; nil without `q`.
    static func query(_ request: RestRequest) throws -> JSONValue? {
        guard let text = request.text("q") else { return nil }
        var body: JSONObject = ["query": .string(text)]
        if let field = request.text("df") { body["default_field"] = .string(field) }
        if let analyzer = request.text("analyzer") { body["analyzer"] = .string(analyzer) }
        if let flag = try request.optionalFlag("analyze_wildcard") { body["analyze_wildcard"] = .bool(flag) }
        if let flag = try request.optionalFlag("lenient") { body["lenient"] = .bool(flag) }
        if let name = request.text("default_operator") {
            guard ["and", "or"].contains(name.lowercased()) else {
                throw OpenSearchError.illegalArgument(
                    "No enum constant org.opensearch.index.query.Operator.\(name.uppercased())")
            }
            body["default_operator"] = .string(name.lowercased())
        }
        return ["query_string": .object(body)]
    }

    /// Changes a search as the parameters say.
    static func apply(_ request: RestRequest, to search: inout SearchRequest) throws {
        if let query = try query(request) { search.query = try Query(parsing: query) }
        if let size = try request.integer("size") {
            guard size >= 0 else {
                throw OpenSearchError.illegalArgument("[size] parameter cannot be negative, found [\(size)]")
            }
            search.size = size
        }
        if let from = try request.integer("from") {
            guard from >= 0 else {
                throw OpenSearchError.illegalArgument("[from] parameter cannot be negative but was [\(from)]")
            }
            search.from = from
        }
        if let flag = try request.optionalFlag("explain") { search.explain = flag }
        if let flag = try request.optionalFlag("version") { search.version = flag }
        if let flag = try request.optionalFlag("seq_no_primary_term") { search.seqNoPrimaryTerm = flag }
        if let flag = try request.optionalFlag("track_scores") { search.trackScores = flag }
        if let flag = try request.optionalFlag("include_named_queries_score") { search.namedQueryScores = flag }
        if let count = try request.integer("terminate_after") {
            guard count >= 0 else { throw OpenSearchError.illegalArgument("terminateAfter must be > 0") }
            search.terminateAfter = count
        }
        if let timeout = try request.time("timeout") { search.timeout = timeout.milliseconds }
        if let text = request.text("track_total_hits") {
            switch text {
            case "true": search.trackTotalHits = .exact
            case "false": search.trackTotalHits = .off
            default:
                guard let bound = try request.integer("track_total_hits"), bound >= -1 else {
                    throw OpenSearchError.illegalArgument(
                        "[track_total_hits] parameter must be positive or equals to -1, got \(text)")
                }
                search.trackTotalHits = bound == -1 ? .off : .upTo(bound)
            }
        }
        if let sorts = request.list("sort") {
            search.sort = try sorts.map { text in
                let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
                guard let field = parts.first else { throw OpenSearchError.illegalArgument("Malformed sort [\(text)]") }
                switch parts.count > 1 ? parts[1] : "" {
                case "": return SortField(field: field)
                case "asc": return SortField(field: field, descending: false)
                case "desc": return SortField(field: field, descending: true)
                default:
                    throw OpenSearchError.illegalArgument(
                        "Malformed [sort] parameter [\(text)]: use field:asc or field:desc")
                }
            }
        }
        if let fields = request.list("stored_fields") { search.storedFields = fields }
        if let fields = request.list("docvalue_fields") {
            search.docvalueFields = try SearchRequest.parse(["docvalue_fields": .array(fields.map { .string($0) })])
                .docvalueFields
        }
        applySource(request, to: &search)
        if let pipeline = request.text("search_pipeline") {
            if search.searchPipeline?.object != nil {
                throw OpenSearchError.illegalArgument(
                    "Both named and inline search pipeline were specified. Please only specify one or the other.")
            }
            search.searchPipeline = .string(pipeline)
        }
    }

    private static func applySource(_ request: RestRequest, to search: inout SearchRequest) {
        let includes = request.list("_source_includes")
        let excludes = request.list("_source_excludes")
        let text = request.text("_source")
        guard includes != nil || excludes != nil || text != nil else { return }
        switch text {
        case "false": search.source = SourceFilter(fetch: false)
        case nil, "true": search.source = SourceFilter(includes: includes ?? [], excludes: excludes ?? [])
        default: search.source = SourceFilter(includes: request.list("_source") ?? [], excludes: excludes ?? [])
        }
    }
}
