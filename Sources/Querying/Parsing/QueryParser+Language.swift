import JSON

/// Queries whose text has operators.
extension QueryParser {
    func queryString(_ node: RequestNode) throws -> Query {
        let name = "query_string"
        var string = QueryStringQuery(query: "")
        var text: String?
        var query = Query(.matchAll)
        for member in node.members ?? [] {
            let value = member.value
            if member.key == "fields", let elements = value.elements {
                string.fields = try elements.map { try fieldBoost(try body.text($0)) }
                continue
            }
            if value.elements != nil { throw unsupportedKey(member, name) }
            guard value.isScalar || value.isNull else {
                throw body.parsing(value, "[\(name)] unknown token [\(value.token)] after [\(member.key)]")
            }
            switch member.key {
            case "query": text = try body.textOrNull(value)
            case "default_field": string.defaultField = try body.textOrNull(value)
            case "default_operator": string.defaultOperator = try clauseOperator(value)
            case "analyzer": string.analyzer = try body.textOrNull(value)
            case "quote_analyzer": string.quoteAnalyzer = try body.textOrNull(value)
            case "allow_leading_wildcard": string.allowLeadingWildcard = try body.bool(value)
            case "max_determinized_states": string.maxDeterminizedStates = try body.int(value)
            case "enable_position_increments": _ = try body.bool(value)
            case "escape": string.escape = try body.bool(value)
            case "fuzzy_prefix_length": string.fuzzyPrefixLength = try body.int(value)
            case "fuzzy_max_expansions": string.fuzzyMaxExpansions = try maxExpansions(value)
            case "fuzzy_rewrite": string.fuzzyRewrite = try body.textOrNull(value)
            case "rewrite": string.rewrite = try body.textOrNull(value)
            case "phrase_slop": string.phraseSlop = try atLeast(0, value) { "Slop must be >= 0, got \($0)" }
            case "fuzziness": string.fuzziness = try fuzziness(value)
            case "fuzzy_transpositions": string.fuzzyTranspositions = try body.bool(value)
            case "tie_breaker": string.tieBreaker = try body.float(value)
            case "analyze_wildcard": string.analyzeWildcard = try body.bool(value)
            case "minimum_should_match": string.minimumShouldMatch = try minimumShouldMatch(value)
            case "quote_field_suffix": string.quoteFieldSuffix = try body.textOrNull(value)
            case "lenient": string.lenient = try body.bool(value)
            case "time_zone": string.timeZone = try body.text(value)
            case "auto_generate_synonyms_phrase_query": string.synonymPhrases = try body.bool(value)
            case "type":
                let text = try body.text(value)
                guard let style = MultiMatchQuery.Style(rawValue: text.lowercased()) else {
                    throw SearchError(
                        type: "parse_exception",
                        reason: "failed to parse [multi_match] query type [\(text)]. unknown type.")
                }
                string.style = style
            default: if try !common(member, &query) { throw unsupportedKey(member, name) }
            }
        }
        guard let text else { throw body.parsing(at: node.end, "[query_string] must be provided with a [query]") }
        if string.defaultField != nil, !string.fields.isEmpty {
            throw SearchError.illegalArgument(
                "cannot use [fields] parameter in conjunction with [default_field]")
        }
        string.query = text
        query.kind = .queryString(string)
        return query
    }

    func simpleQueryString(_ node: RequestNode) throws -> Query {
        let name = "simple_query_string"
        var string = SimpleQueryStringQuery(query: "")
        var text: String?
        var query = Query(.matchAll)
        for member in node.members ?? [] {
            let value = member.value
            if member.key == "fields", let elements = value.elements {
                string.fields = try elements.map { try fieldBoost(try body.text($0)) }
                continue
            }
            if value.elements != nil { throw unsupportedKey(member, name) }
            guard value.isScalar else {
                throw body.parsing(value, "[\(name)] unknown token [\(value.token)] after [\(member.key)]")
            }
            switch member.key {
            case "query": text = try body.text(value)
            case "analyzer": string.analyzer = try body.text(value)
            case "default_operator": string.defaultOperator = try clauseOperator(value)
            case "flags": string.flags = try flags(value)
            case "lenient": string.lenient = try body.bool(value)
            case "analyze_wildcard": string.analyzeWildcard = try body.bool(value)
            case "minimum_should_match": string.minimumShouldMatch = try minimumShouldMatch(value)
            case "quote_field_suffix": string.quoteFieldSuffix = try body.textOrNull(value)
            case "auto_generate_synonyms_phrase_query": string.synonymPhrases = try body.bool(value)
            case "fuzzy_prefix_length": string.fuzzyPrefixLength = try body.int(value)
            case "fuzzy_max_expansions": string.fuzzyMaxExpansions = try maxExpansions(value)
            case "fuzzy_transpositions": string.fuzzyTranspositions = try body.bool(value)
            default: if try !common(member, &query) { throw unsupportedKey(member, name) }
            }
        }
        guard let text else { throw body.parsing(at: node.end, "[simple_query_string] query text missing") }
        string.query = text
        query.kind = .simpleQueryString(string)
        return query
    }

    private func flags(_ node: RequestNode) throws -> SimpleQueryStringQuery.Flags {
        if case .number = node.content {
            let bits = try body.int(node)
            return bits < 0 ? .all : SimpleQueryStringQuery.Flags(rawValue: bits)
        }
        let text = try body.text(node)
        var flags: SimpleQueryStringQuery.Flags = []
        for word in text.split(separator: "|") {
            switch String(word).trimmed.uppercased() {
            case "ALL": return .all
            case "NONE": return []
            case "AND": flags.insert(.and)
            case "OR": flags.insert(.or)
            case "NOT": flags.insert(.not)
            case "PREFIX": flags.insert(.prefix)
            case "PHRASE": flags.insert(.phrase)
            case "PRECEDENCE": flags.insert(.precedence)
            case "ESCAPE": flags.insert(.escape)
            case "WHITESPACE": flags.insert(.whitespace)
            case "FUZZY": flags.insert(.fuzzy)
            case "NEAR", "SLOP": flags.insert(.near)
            default:
                throw SearchError.illegalArgument("Unknown simple_query_string flag [\(String(word).trimmed)]")
            }
        }
        return flags
    }
}
