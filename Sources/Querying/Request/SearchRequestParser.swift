import JSON

/// Reads the body of a search as strictly as OpenSearch does.
struct SearchRequestParser {
    let body: RequestBody

    init(_ body: RequestBody) { self.body = body }

    var queries: QueryParser { QueryParser(body) }

    func request(_ root: RequestNode) throws -> SearchRequest {
        guard let members = root.members else {
            throw body.parsing(root, "Expected [START_OBJECT] but found [\(root.token)]")
        }
        var request = SearchRequest()
        request.root = root
        for member in members {
            let isKnown: Bool
            switch member.value.content {
            case .object: isKnown = try object(member, &request)
            case .array: isKnown = try array(member, &request)
            case .null: isKnown = ["min_score", "search_pipeline", "timeout"].contains(member.key)
            default: isKnown = try scalar(member, &request)
            }
            if !isKnown {
                throw body.parsing(member.value, "Unknown key for a \(member.value.token) in [\(member.key)].")
            }
        }
        try check(request)
        return request
    }

    private func scalar(_ member: RequestNode.Member, _ request: inout SearchRequest) throws -> Bool {
        let value = member.value
        switch member.key {
        case "from":
            let from = try body.int(value)
            if from < 0 { throw SearchError.illegalArgument("[from] parameter cannot be negative but was [\(from)]") }
            request.from = from
        case "size":
            let size = try body.int(value)
            if size < 0 { throw SearchError.illegalArgument("[size] parameter cannot be negative, found [\(size)]") }
            request.size = size
        case "timeout": request.timeout = try TimeValue.milliseconds(try body.text(value), setting: "timeout")
        case "terminate_after":
            request.terminateAfter = try body.int(value)
            if request.terminateAfter < 0 { throw SearchError.illegalArgument("terminateAfter must be > 0") }
        case "min_score": request.minScore = try body.float(value)
        case "version": request.version = try body.bool(value)
        case "seq_no_primary_term": request.seqNoPrimaryTerm = try body.bool(value)
        case "explain": request.explain = try body.bool(value)
        case "track_scores": request.trackScores = try body.bool(value)
        case "include_named_queries_score": request.namedQueryScores = try body.bool(value)
        case "track_total_hits": request.trackTotalHits = try totalHits(value)
        case "_source": request.source = try source(value)
        case "stored_fields": request.storedFields = [try body.text(value)]
        case "sort": request.sort = try sort(value)
        case "profile": request.profile = try body.bool(value)
        case "search_pipeline": request.searchPipeline = value.json
        case "verbose_pipeline": request.verbosePipeline = try body.bool(value)
        default: return false
        }
        return true
    }

    func totalHits(_ value: RequestNode) throws -> SearchRequest.TotalHits {
        switch value.content {
        case .bool(let all): return all ? .exact : .off
        case .string("true"): return .exact
        case .string("false"): return .off
        default:
            let bound = try body.int(value)
            guard bound >= -1 else {
                throw SearchError.illegalArgument(
                    "[track_total_hits] parameter must be positive or equals to -1, got \(bound)")
            }
            return bound == -1 ? .off : .upTo(bound)
        }
    }

    private func object(_ member: RequestNode.Member, _ request: inout SearchRequest) throws -> Bool {
        let value = member.value
        switch member.key {
        case "query": request.query = try queries.query(value)
        case "post_filter": request.postFilter = try queries.query(value)
        case "_source": request.source = try source(value)
        case "highlight": request.highlight = try highlight(value)
        case "sort": request.sort = try sort(value)
        case "rescore": request.rescore = [try rescore(value)]
        case "collapse": request.collapse = try collapse(value)
        case "slice": request.slice = try slice(value)
        case "pit": request.pointInTime = try pointInTime(value)
        case "indices_boost":
            request.indicesBoost = try (value.members ?? []).map {
                FieldBoost(field: $0.key, boost: try body.float($0.value))
            }
        case "aggs", "aggregations": request.aggregations = value.json
        case "suggest": request.suggest = try suggest(value)
        case "ext": request.ext = value.json
        case "search_pipeline": request.searchPipeline = value.json
        case "script_fields", "derived", "runtime_mappings":
            throw body.parsing(
                value, "[\(member.key)] is not supported: scripts are not run; use [fields] or [docvalue_fields]")
        default: return false
        }
        return true
    }

    private func array(_ member: RequestNode.Member, _ request: inout SearchRequest) throws -> Bool {
        let value = member.value
        let elements = value.elements ?? []
        switch member.key {
        case "sort": request.sort = try sort(value)
        case "_source": request.source = try source(value)
        case "stored_fields": request.storedFields = try elements.map { try body.text($0) }
        case "docvalue_fields": request.docvalueFields = try elements.map { try fieldFormat($0) }
        case "fields": request.fields = try elements.map { try fieldFormat($0) }
        case "rescore": request.rescore = try elements.map { try rescore($0) }
        case "stats": request.stats = try elements.map { try body.text($0) }
        case "search_after": request.searchAfter = try searchAfter(value)
        case "indices_boost":
            for element in elements {
                guard let pair = element.members, pair.count == 1 else {
                    throw body.parsing(element, "Expected [START_OBJECT] in [indices_boost] with one index name")
                }
                request.indicesBoost.append(FieldBoost(field: pair[0].key, boost: try body.float(pair[0].value)))
            }
        default: return false
        }
        return true
    }

    private func searchAfter(_ node: RequestNode) throws -> [JSONValue] {
        let elements = node.elements ?? []
        if elements.isEmpty { throw SearchError.illegalArgument("Values must contains at least one value.") }
        return try elements.map { element in
            guard element.isScalar || element.isNull else {
                throw body.parsing(
                    element,
                    "Expected [VALUE_STRING] or [VALUE_NUMBER] or [VALUE_BOOLEAN] or [VALUE_NULL] but found [\(element.token)] inside search_after."
                )
            }
            return element.json
        }
    }

    /// What only the whole request tells.
    private func check(_ request: SearchRequest) throws {
        if let after = request.searchAfter {
            if let from = request.from, from > 0 {
                throw SearchError.validation(["`from` parameter must be set to 0 when `search_after` is used."])
            }
            if request.sort.isEmpty {
                throw SearchError.illegalArgument("Sort must contain at least one field.").during(.query)
            }
            if after.count != request.sort.count {
                throw SearchError.illegalArgument(
                    "search_after has \(after.count) value(s) but sort has \(request.sort.count)."
                ).during(.query)
            }
        }
        if !request.rescore.isEmpty {
            if request.collapse != nil {
                throw SearchError.illegalArgument("cannot use `collapse` in conjunction with `rescore`").during(.query)
            }
            if !request.sort.isEmpty, request.sort != [SortField(field: "_score")] {
                throw SearchError.illegalArgument("Cannot use [sort] option in conjunction with [rescore].")
                    .during(.query)
            }
        }
    }
}

extension SearchError {
    /// An `action_request_validation_exception` with numbered reasons.
    public static func validation(_ reasons: [String]) -> SearchError {
        let text = reasons.enumerated().map { "\($0.offset + 1): \($0.element);" }.joined()
        return SearchError(type: "action_request_validation_exception", reason: "Validation Failed: \(text)")
    }
}
