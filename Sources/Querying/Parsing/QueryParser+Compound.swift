import JSON

/// Queries made of queries.
extension QueryParser {
    func bool(_ node: RequestNode) throws -> Query {
        var bool = BoolQuery()
        var query = Query(.matchAll)
        let names = [
            "must", "filter", "should", "must_not", "minimum_should_match", "adjust_pure_negative", "boost", "_name",
        ]
        for member in node.members ?? [] {
            switch member.key {
            case "must": bool.must += try clauses(member)
            case "filter": bool.filter += try clauses(member)
            case "should": bool.should += try clauses(member)
            case "must_not", "mustNot": bool.mustNot += try clauses(member)
            case "minimum_should_match":
                try require(member.value.isScalar || member.value.isNull, member, "bool")
                bool.minimumShouldMatch = try minimumShouldMatch(member.value)
            case "adjust_pure_negative":
                bool.adjustPureNegative = try inField(member, "bool") { try body.bool(member.value) }
            default:
                if try !inField(member, "bool", { try common(member, &query) }) {
                    throw body.unknownField(member, in: "bool", candidates: names)
                }
            }
        }
        query.kind = .bool(bool)
        return query
    }

    private func clauses(_ member: RequestNode.Member) throws -> [Query] {
        try require(
            member.value.members != nil || member.value.elements != nil || member.value.isNull, member, "bool")
        if member.value.isNull { return [] }
        return try inField(member, "bool") { try (member.value.elements ?? [member.value]).map { try self.query($0) } }
    }

    func disMax(_ node: RequestNode) throws -> Query {
        var disMax = DisMaxQuery(queries: [], tieBreaker: 0)
        var query = Query(.matchAll)
        var found = false
        for member in node.members ?? [] {
            switch (member.key, member.value.content) {
            case ("queries", .object):
                disMax.queries.append(try self.query(member.value))
                found = true
            case ("queries", .array(let elements)):
                disMax.queries += try elements.map { try self.query($0) }
                found = true
            case ("tie_breaker", _) where member.value.isScalar: disMax.tieBreaker = try body.float(member.value)
            default:
                if !member.value.isScalar { throw unsupportedKey(member, "dis_max") }
                if try !common(member, &query) { throw unsupportedKey(member, "dis_max") }
            }
        }
        if !found || disMax.queries.isEmpty {
            throw body.parsing(at: node.end, "[dis_max] requires 'queries' field with at least one clause")
        }
        query.kind = .disMax(disMax)
        return query
    }

    func constantScore(_ node: RequestNode) throws -> Query {
        var inner: Query?
        var query = Query(.matchAll)
        for member in node.members ?? [] {
            if member.value.members != nil {
                guard member.key == "filter" else { throw unsupportedKey(member, "constant_score") }
                if inner != nil {
                    throw body.parsing(member.value, "[constant_score] accepts only one [filter] element.")
                }
                inner = try self.query(member.value)
            } else if member.value.isScalar {
                if try !common(member, &query) { throw unsupportedKey(member, "constant_score") }
            } else if member.value.elements != nil {
                throw body.parsing(member.value, "unexpected token [START_ARRAY]")
            } else {
                throw body.parsing(member.value, "unexpected token [\(member.value.token)]")
            }
        }
        guard let inner else {
            throw body.parsing(at: node.end, "[constant_score] requires a 'filter' element")
        }
        query.kind = .constantScore(inner)
        return query
    }

    func boosting(_ node: RequestNode) throws -> Query {
        var positive: Query?
        var negative: Query?
        var factor: Float = -1
        var query = Query(.matchAll)
        for member in node.members ?? [] {
            switch member.key {
            case "positive" where member.value.members != nil: positive = try self.query(member.value)
            case "negative" where member.value.members != nil: negative = try self.query(member.value)
            case "negative_boost" where member.value.isScalar: factor = try body.float(member.value)
            default:
                if !member.value.isScalar { throw unsupportedKey(member, "boosting") }
                if try !common(member, &query) { throw unsupportedKey(member, "boosting") }
            }
        }
        guard let positive else {
            throw body.parsing(at: node.end, "[boosting] query requires 'positive' query to be set'")
        }
        guard let negative else {
            throw body.parsing(at: node.end, "[boosting] query requires 'negative' query to be set'")
        }
        if factor < 0 {
            throw body.parsing(
                at: node.end, "[boosting] query requires 'negative_boost' to be set to be a positive value'")
        }
        query.kind = .boosting(BoostingQuery(positive: positive, negative: negative, negativeBoost: factor))
        return query
    }

    func nested(_ node: RequestNode) throws -> Query {
        var inner: Query?
        var path: String?
        var mode = NestedQuery.ScoreMode.avg
        var ignoreUnmapped = false
        var hits: InnerHits?
        var query = Query(.matchAll)
        for member in node.members ?? [] {
            switch member.key {
            case "query" where member.value.members != nil: inner = try self.query(member.value)
            case "inner_hits" where member.value.members != nil:
                hits = try SearchRequestParser(body).innerHits(member.value)
            case "path" where member.value.isScalar: path = try body.text(member.value)
            case "ignore_unmapped" where member.value.isScalar: ignoreUnmapped = try body.bool(member.value)
            case "score_mode" where member.value.isScalar:
                let text = try body.text(member.value)
                guard let value = NestedQuery.ScoreMode(rawValue: text) else {
                    throw SearchError.illegalArgument("No score mode for child query [\(text)] found")
                }
                mode = value
            default:
                if !member.value.isScalar { throw unsupportedKey(member, "nested") }
                if try !common(member, &query) { throw unsupportedKey(member, "nested") }
            }
        }
        guard let path else { throw SearchError.illegalArgument("[nested] requires 'path' field") }
        guard let inner else { throw SearchError.illegalArgument("[nested] requires 'query' field") }
        query.kind = .nested(
            NestedQuery(path: path, query: inner, scoreMode: mode, ignoreUnmapped: ignoreUnmapped, innerHits: hits))
        return query
    }

    func wrapper(_ node: RequestNode) throws -> Query {
        guard let members = node.members, members.count == 1, members[0].key == "query" else {
            throw body.parsing(at: node.offset, "[wrapper] query malformed")
        }
        guard let text = members[0].value.string, let bytes = Base64.decode(text) else {
            throw SearchError.illegalArgument("query source text cannot be null or empty; it is base64 of a query")
        }
        let inner = try RequestBody(bytes)
        return try QueryParser(inner).query(inner.root)
    }
}
