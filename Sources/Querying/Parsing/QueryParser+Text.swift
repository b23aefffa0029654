import JSON

/// Queries on analysed text.
extension QueryParser {
    func matchAll(_ node: RequestNode) throws -> Query { try plain(node, "match_all", .matchAll) }

    func matchNone(_ node: RequestNode) throws -> Query { try plain(node, "match_none", .matchNone) }

    private func plain(_ node: RequestNode, _ name: String, _ kind: Query.Kind) throws -> Query {
        var query = Query(kind)
        for member in node.members ?? [] where try !common(member, &query) {
            throw body.unknownField(member, in: name, candidates: ["boost", "_name"])
        }
        return query
    }

    /// The options that match-like queries share; `false` if the key is none of those in `allowed`.
    private func matchOption(_ member: RequestNode.Member, _ match: inout MatchQuery, except: Set<String> = []) throws
        -> Bool
    {
        if except.contains(member.key) { return false }
        let value = member.value
        switch member.key {
        case "query": match.value = value.json
        case "analyzer": match.analyzer = try body.text(value)
        case "operator": match.operator = try clauseOperator(value)
        case "fuzziness": match.fuzziness = try fuzziness(value)
        case "prefix_length":
            match.prefixLength = try atLeast(0, value) { _ in "[match] requires prefix length to be non-negative." }
        case "max_expansions":
            match.maxExpansions = try atLeast(1, value) { _ in "[match] requires maxExpansions to be positive." }
        case "fuzzy_transpositions": match.fuzzyTranspositions = try body.bool(value)
        case "fuzzy_rewrite": match.fuzzyRewrite = try body.textOrNull(value)
        case "minimum_should_match": match.minimumShouldMatch = try minimumShouldMatch(value)
        case "zero_terms_query": match.zeroTerms = try zeroTerms(value)
        case "lenient": match.lenient = try body.bool(value)
        case "auto_generate_synonyms_phrase_query": match.synonymPhrases = try body.bool(value)
        case "cutoff_frequency": _ = try body.float(value)  // deprecated and without effect
        default: return false
        }
        return true
    }

    func match(_ node: RequestNode) throws -> Query {
        var match = MatchQuery(field: "", value: .null)
        var query = Query(.matchAll)
        match.field = try field(node, "match") { member in
            try requireScalar(member, "match")
            if try !matchOption(member, &match), try !common(member, &query) { throw unsupportedKey(member, "match") }
        } short: {
            match.value = $0.json
        }
        if match.value.isNull { throw body.parsing(at: node.end, "No text specified for text query") }
        query.kind = .match(match)
        return query
    }

    func matchPhrase(_ node: RequestNode) throws -> Query {
        var match = MatchPhraseQuery(field: "", value: .null)
        var query = Query(.matchAll)
        match.field = try field(node, "match_phrase") { member in
            try requireScalar(member, "match_phrase")
            let value = member.value
            switch member.key {
            case "query": match.value = value.json
            case "analyzer": match.analyzer = try body.text(value)
            case "slop": match.slop = try atLeast(0, value) { _ in "No negative slop allowed." }
            case "zero_terms_query": match.zeroTerms = try zeroTerms(value)
            default: if try !common(member, &query) { throw unsupportedKey(member, "match_phrase") }
            }
        } short: {
            match.value = $0.json
        }
        if match.value.isNull { throw SearchError.illegalArgument("[match_phrase] requires query value") }
        query.kind = .matchPhrase(match)
        return query
    }

    func matchPhrasePrefix(_ node: RequestNode) throws -> Query {
        let name = "match_phrase_prefix"
        var match = MatchPhrasePrefixQuery(field: "", value: .null)
        var query = Query(.matchAll)
        match.field = try field(node, name) { member in
            try requireScalar(member, name)
            let value = member.value
            switch member.key {
            case "query": match.value = value.json
            case "analyzer": match.analyzer = try body.text(value)
            case "slop": match.slop = try atLeast(0, value) { _ in "No negative slop allowed." }
            case "max_expansions":
                match.maxExpansions = try atLeast(0, value) { _ in "No negative maxExpansions allowed." }
            case "zero_terms_query": match.zeroTerms = try zeroTerms(value)
            default: if try !common(member, &query) { throw unsupportedKey(member, name) }
            }
        } short: {
            match.value = $0.json
        }
        if match.value.isNull { throw SearchError.illegalArgument("[\(name)] requires query value") }
        query.kind = .matchPhrasePrefix(match)
        return query
    }

    func matchBoolPrefix(_ node: RequestNode) throws -> Query {
        let name = "match_bool_prefix"
        var match = MatchQuery(field: "", value: .null)
        var query = Query(.matchAll)
        match.field = try field(node, name) { member in
            try requireScalar(member, name)
            let others: Set = [
                "zero_terms_query", "lenient", "auto_generate_synonyms_phrase_query", "cutoff_frequency",
            ]
            if try !matchOption(member, &match, except: others), try !common(member, &query) {
                throw unsupportedKey(member, name)
            }
        } short: {
            match.value = $0.json
        }
        if match.value.isNull { throw SearchError.illegalArgument("[\(name)] requires query value") }
        query.kind = .matchBoolPrefix(MatchBoolPrefixQuery(match: match))
        return query
    }

    func multiMatch(_ node: RequestNode) throws -> Query {
        let name = "multi_match"
        var multi = MultiMatchQuery(fields: [], match: MatchQuery(field: "", value: .null))
        var query = Query(.matchAll)
        for member in node.members ?? [] {
            if member.key == "fields" {
                multi.fields = try fieldBoosts(member.value, name)
                continue
            }
            guard member.value.isScalar else {
                throw body.parsing(
                    member.value, "[\(name)] unknown token [\(member.value.token)] after [\(member.key)]")
            }
            switch member.key {
            case "type":
                let text = try body.text(member.value)
                guard let style = MultiMatchQuery.Style(rawValue: text.lowercased()) else {
                    throw SearchError(
                        type: "parse_exception",
                        reason: "failed to parse [multi_match] query type [\(text)]. unknown type.")
                }
                multi.style = style
            case "slop": multi.slop = try atLeast(0, member.value) { _ in "No negative slop allowed." }
            case "tie_breaker": multi.tieBreaker = try body.float(member.value)
            default:
                if try !matchOption(member, &multi.match), try !common(member, &query) {
                    throw unsupportedKey(member, name)
                }
            }
        }
        if multi.match.value.isNull { throw body.parsing(at: node.end, "No text specified for multi_match query") }
        if multi.match.fuzziness != nil, [.crossFields, .phrase, .phrasePrefix].contains(multi.style) {
            throw body.parsing(at: node.end, "Fuzziness not allowed for type [\(multi.style.rawValue)]")
        }
        if multi.slop != 0, multi.style == .boolPrefix {
            throw body.parsing(at: node.end, "[slop] not allowed for type [bool_prefix]")
        }
        query.kind = .multiMatch(multi)
        return query
    }

    func combinedFields(_ node: RequestNode) throws -> Query {
        let name = "combined_fields"
        var combined = CombinedFieldsQuery(fields: [], value: .null)
        var query = Query(.matchAll)
        for member in node.members ?? [] {
            switch member.key {
            case "fields": combined.fields = try inField(member, name) { try fieldBoosts(member.value, name) }
            case "query":
                try require(member.value.isScalar, member, name)
                combined.value = member.value.json
            case "operator": combined.operator = try inField(member, name) { try clauseOperator(member.value) }
            default:
                if try !common(member, &query) {
                    throw body.unknownField(
                        member, in: name, candidates: ["query", "fields", "operator", "boost", "_name"])
                }
            }
        }
        if combined.value.isNull { throw SearchError.illegalArgument("Required [query]") }
        if combined.fields.isEmpty { throw SearchError.illegalArgument("Required [fields]") }
        query.kind = .combinedFields(combined)
        return query
    }
}
