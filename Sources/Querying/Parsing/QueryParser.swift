import JSON

/// Reads the query language from JSON as strictly as OpenSearch does, with its messages.
package struct QueryParser {
    let body: RequestBody

    package init(_ body: RequestBody) { self.body = body }

    typealias Reader = @Sendable (QueryParser, RequestNode) throws -> Query

    static let readers: [String: Reader] = [
        "match_all": { try $0.matchAll($1) },
        "match_none": { try $0.matchNone($1) },
        "match": { try $0.match($1) },
        "match_phrase": { try $0.matchPhrase($1) },
        "match_phrase_prefix": { try $0.matchPhrasePrefix($1) },
        "match_bool_prefix": { try $0.matchBoolPrefix($1) },
        "multi_match": { try $0.multiMatch($1) },
        "combined_fields": { try $0.combinedFields($1) },
        "query_string": { try $0.queryString($1) },
        "simple_query_string": { try $0.simpleQueryString($1) },
        "term": { try $0.term($1) },
        "terms": { try $0.terms($1) },
        "terms_set": { try $0.termsSet($1) },
        "range": { try $0.range($1) },
        "exists": { try $0.exists($1) },
        "prefix": { try $0.pattern($1, "prefix") },
        "wildcard": { try $0.pattern($1, "wildcard") },
        "regexp": { try $0.regexp($1) },
        "fuzzy": { try $0.fuzzy($1) },
        "ids": { try $0.ids($1) },
        "bool": { try $0.bool($1) },
        "dis_max": { try $0.disMax($1) },
        "constant_score": { try $0.constantScore($1) },
        "boosting": { try $0.boosting($1) },
        "function_score": { try $0.functionScore($1) },
        "nested": { try $0.nested($1) },
        "hybrid": { try $0.hybrid($1) },
        "knn": { try $0.knn($1) },
        "neural": { try $0.neural($1) },
        "neural_sparse": { try $0.neuralSparse($1) },
        "rank_feature": { try $0.rankFeature($1) },
        "script_score": { try $0.scriptScore($1) },
        "wrapper": { try $0.wrapper($1) },
    ]

    /// Queries that OpenSearch has and this engine does not: refused with a reason.
    static let unsupported: [String: String] = [
        "script": "scripts are not run; supported are the queries without scripts and function_score's own functions",
        "more_like_this": "use match or query_string with the words of the document",
        "geo_distance": "geographic fields are not supported",
        "geo_bounding_box": "geographic fields are not supported",
        "geo_shape": "geographic fields are not supported", "geo_polygon": "geographic fields are not supported",
        "distance_feature": "use function_score with a decay function",
        "has_child": "join fields are not supported; use nested",
        "has_parent": "join fields are not supported; use nested",
        "parent_id": "join fields are not supported; use nested", "percolate": "percolation is not supported",
        "span_term": "use match_phrase with slop", "span_near": "use match_phrase with slop",
        "span_or": "use bool", "span_not": "use bool", "span_first": "use match_phrase",
        "span_multi": "use match_phrase_prefix",
        "span_containing": "use match_phrase", "span_within": "use match_phrase",
        "field_masking_span": "use match_phrase",
        "intervals": "use match_phrase with slop", "template": "search templates are not supported",
    ]

    /// Reads `{ "name": { … } }`.
    package func query(_ node: RequestNode) throws -> Query {
        guard let members = node.members else {
            throw body.parsing(node, "[_na] query malformed, must start with start_object")
        }
        guard let member = members.first else {
            let place = body.place(of: node.end)
            throw SearchError.illegalArgument(
                "query malformed, empty clause found at [\(place.line):\(place.column)]")
        }
        guard member.value.members != nil else {
            throw body.parsing(member.value, "[\(member.key)] query malformed, no start_object after query name")
        }
        guard let reader = Self.readers[member.key] else {
            if let reason = Self.unsupported[member.key] {
                throw body.parsing(member.value, "[\(member.key)] query is not supported: \(reason)")
            }
            let place = body.place(of: member.value.offset)
            throw body.parsing(
                at: member.value.offset,
                "unknown query [\(member.key)]\(Suggestion.text(for: member.key, among: Self.readers.keys.sorted()))",
                cause: SearchError(
                    type: "named_object_not_found_exception",
                    reason: "[\(place.line):\(place.column)] unknown field [\(member.key)]"))
        }
        let query = try reader(self, member.value)
        if members.count > 1 {
            let place = body.keyPlace(of: members[1])
            throw SearchError(
                type: "parsing_exception",
                reason: "[\(member.key)] malformed query, expected [END_OBJECT] but found [FIELD_NAME]",
                line: place.line, column: place.column)
        }
        return query
    }

    // MARK: The forms that many queries share

    /// Reads the options that every query has; `false` if the key is another one.
    func common(_ member: RequestNode.Member, _ query: inout Query) throws -> Bool {
        switch member.key {
        case "boost": query.boost = try boost(member.value)
        case "_name": query.name = try body.text(member.value)
        default: return false
        }
        return true
    }

    func boost(_ node: RequestNode) throws -> Float {
        let value = try body.float(node)
        // Lucene refuses negative factors and those that are not numbers.
        guard value >= 0 else {
            throw SearchError.illegalArgument(
                "negative [boost] are not allowed in [\(value)], use a value between 0 and 1 to deboost")
        }
        return value
    }

    func unsupportedKey(_ member: RequestNode.Member, _ name: String) -> SearchError {
        body.parsing(member.value, "[\(name)] query does not support [\(member.key)]")
    }

    /// Reads `{ "field": { options } }` or `{ "field": value }`; members that `top` takes stand beside the field.
    func field(
        _ node: RequestNode, _ name: String, topLevel top: (RequestNode.Member) throws -> Bool = { _ in false },
        options: (RequestNode.Member) throws -> Void, short: (RequestNode) throws -> Void
    ) throws -> String {
        var field: String?
        for member in node.members ?? [] {
            if member.value.members == nil, try top(member) { continue }
            if let field {
                throw body.parsing(
                    member.value,
                    "[\(name)] query doesn't support multiple fields, found [\(field)] and [\(member.key)]")
            }
            field = member.key
            if let members = member.value.members {
                for option in members { try options(option) }
            } else if member.value.elements != nil {
                throw body.parsing(member.value, "[\(name)] unknown token [START_ARRAY] after [\(member.key)]")
            } else {
                try short(member.value)
            }
        }
        guard let field, !field.isEmpty else {
            if name.hasPrefix("match") { throw body.parsing(at: node.end, "No text specified for text query") }
            throw SearchError.illegalArgument("field name is null or empty")
        }
        return field
    }

    /// Refuses arrays, objects and `null` where an option needs a value.
    func requireScalar(_ member: RequestNode.Member, _ name: String) throws {
        if !member.value.isScalar {
            throw body.parsing(member.value, "[\(name)] unknown token [\(member.value.token)] after [\(member.key)]")
        }
    }

    /// `minimum_should_match` as text, whichever JSON type it has.
    func minimumShouldMatch(_ node: RequestNode) throws -> String? { try body.textOrNull(node) }

    func clauseOperator(_ node: RequestNode) throws -> ClauseOperator {
        let text = try body.text(node)
        guard let value = ClauseOperator(rawValue: text.lowercased()) else {
            throw SearchError.illegalArgument(
                "No enum constant org.opensearch.index.query.Operator.\(text.uppercased())")
        }
        return value
    }

    func zeroTerms(_ node: RequestNode) throws -> ZeroTermsQuery {
        let text = try body.text(node)
        switch text.lowercased() {
        case "none": return .none
        case "all": return .all
        case "null": return .null
        default: throw body.parsing(node, "Unsupported zero_terms_query value [\(text)]")
        }
    }

    func fuzziness(_ node: RequestNode) throws -> Fuzziness {
        guard let text = node.text, !isBool(node) else {
            throw SearchError.illegalArgument("Can't parse fuzziness on token: [\(node.token)]")
        }
        return try Fuzziness(text)
    }

    private func isBool(_ node: RequestNode) -> Bool { if case .bool = node.content { true } else { false } }

    func atLeast(_ minimum: Int, _ node: RequestNode, _ message: (Int) -> String) throws -> Int {
        let value = try body.int(node)
        if value < minimum { throw SearchError.illegalArgument(message(value)) }
        return value
    }

    /// How many terms a fuzzy term may stand for.
    func maxExpansions(_ node: RequestNode) throws -> Int {
        try atLeast(0, node) { _ in "maxExpansions must be positive." }
    }

    /// `["a^2", "b*"]`, or one such string.
    func fieldBoosts(_ node: RequestNode, _ name: String) throws -> [FieldBoost] {
        let nodes: [RequestNode]
        if let elements = node.elements {
            nodes = elements
        } else if node.isScalar {
            nodes = [node]
        } else {
            throw body.parsing(node, "[\(name)] query does not support [fields]")
        }
        return try nodes.map { try fieldBoost(try body.text($0)) }
    }

    func fieldBoost(_ text: String) throws -> FieldBoost {
        guard let caret = text.firstIndex(of: "^") else { return FieldBoost(field: text, boost: 1) }
        let number = text[text.index(after: caret)...]
        guard let boost = Float(number) else {
            throw SearchError(type: "number_format_exception", reason: "For input string: \"\(number)\"")
        }
        return FieldBoost(field: String(text[..<caret]), boost: boost)
    }

    /// A declarative parser's field: wraps faults inside it as OpenSearch's `ObjectParser` does.
    func inField<Result>(_ member: RequestNode.Member, _ name: String, _ read: () throws -> Result) throws -> Result {
        do {
            return try read()
        } catch let error as SearchError {
            throw body.failed(member.key, in: name, at: member.value, error)
        }
    }

    /// Refuses a value of the wrong type as a declarative parser does.
    func require(_ allowed: Bool, _ member: RequestNode.Member, _ name: String) throws {
        if !allowed {
            throw body.content(
                member.value, "[\(name)] \(member.key) doesn't support values of type: \(member.value.token)")
        }
    }
}
