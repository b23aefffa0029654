import JSON
import Mappings
import SearchIndex

/// `query_string`
extension QueryPlanner {
    func queryString(_ query: QueryStringQuery) throws -> Plan {
        var query = query
        if query.fields.isEmpty {
            query.fields = query.defaultField.map { [FieldBoost(field: $0, boost: 1)] } ?? defaultFields
            if query.fields.map(\.field) == ["*"] { query.lenient = query.lenient ?? true }
        }
        query.lenient = query.lenient ?? view.isLenient
        let text = query.escape ? Self.escaped(query.query) : query.query
        let node: QueryStringParser.Node?
        do {
            node = try QueryStringParser.parse(text, defaultOperator: query.defaultOperator)
        } catch let error as SearchError {
            var cause = error
            cause.reason = "Cannot parse '\(text)': \(error.reason)"
            throw SearchError.queryShard("Failed to parse query [\(query.query)]", cause: cause)
        }
        guard let node else { return .none }
        guard var plan = try self.plan(node, query) else { return .none }
        if case .boolean(var clause) = plan {
            if let minimum = query.minimumShouldMatch, !clause.should.isEmpty {
                clause.minimumShouldMatch = try MinimumShouldMatch.count(minimum, of: clause.should.count)
            }
            if clause.must.isEmpty, clause.filter.isEmpty, clause.should.isEmpty { clause.filter = [.all] }
            plan = .boolean(clause)
        }
        return plan
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\+-!():^[]\"{}~*?|&/".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }

    /// `nil` when a clause's text leaves no term: then it is left out.
    private func plan(_ node: QueryStringParser.Node, _ query: QueryStringQuery) throws -> Plan? {
        switch node {
        case .boost(let inner, let factor): return try plan(inner, query).map { .boost($0, factor) }
        case .boolean(let clauses): return try boolean(clauses, query)
        case .text(let field, let text, _):
            if field == "_exists_" { return try exists(text) }
            if let field, let range = Self.comparison(text) {
                return try eachField(field, query) { name, _ in
                    var value = RangeQuery(field: name)
                    value.timeZone = query.timeZone
                    let bound = JSONValue.string(range.value)
                    if range.isLower {
                        (value.lower, value.includesLower) = (bound, range.isIncluded)
                    } else {
                        (value.upper, value.includesUpper) = (bound, range.isIncluded)
                    }
                    return try self.range(value)
                }
            }
            return try matchPlan(field, text, query)
        case .phrase(let field, let text, let slop):
            if field == "_exists_" { return try exists(text) }
            return try phrasePlan(field, text, slop ?? query.phraseSlop, query)
        case .prefix(let field, let text):
            return try eachField(field, query) { name, field in
                guard let field else { return .none }
                return try self.prefix(
                    PatternQuery(field: name, value: self.lowered(field, text), rewrite: query.rewrite))
            }
        case .wildcard(let field, let text):
            if text == "*" {
                if field == "*" || field == nil && query.fields.contains(where: { $0.field == "*" }) { return .all }
                return try eachField(field, query) { name, _ in try self.exists(name) }
            }
            if !query.allowLeadingWildcard, text.hasPrefix("*") || text.hasPrefix("?") {
                throw SearchError.queryShard(
                    "Failed to parse query [\(query.query)]",
                    cause: SearchError(
                        type: "parse_exception",
                        reason:
                            "Cannot parse '\(query.query)': '*' or '?' not allowed as first character in WildcardQuery")
                )
            }
            return try eachField(field, query) { name, field in
                guard let field else { return .none }
                return try self.wildcard(
                    PatternQuery(field: name, value: self.lowered(field, text), rewrite: query.rewrite))
            }
        case .regexp(let field, let text):
            return try eachField(field, query) { name, _ in
                var regexp = RegexpQuery(field: name, value: text)
                regexp.maxDeterminizedStates = query.maxDeterminizedStates
                regexp.rewrite = query.rewrite
                return try self.regexp(regexp)
            }
        case .fuzzy(let field, let text, let edits):
            return try eachField(field, query) { name, field in
                guard let field else { return .none }
                var fuzzy = FuzzyQuery(field: name, value: .string(self.lowered(field, text)))
                fuzzy.fuzziness =
                    try edits.map { try Fuzziness(String(Int(min($0, Float(Int32.max))))) } ?? query.fuzziness
                fuzzy.prefixLength = query.fuzzyPrefixLength
                fuzzy.maxExpansions = query.fuzzyMaxExpansions
                fuzzy.transpositions = query.fuzzyTranspositions
                fuzzy.rewrite = query.fuzzyRewrite
                return try self.fuzzy(fuzzy)
            }
        case .range(let field, let lower, let upper, let includesLower, let includesUpper):
            return try eachField(field, query) { name, field in
                var range = RangeQuery(field: name)
                range.lower = lower.map { .string(field.map { self.lowered($0, lower ?? "") } ?? $0) }
                range.upper = upper.map { .string(field.map { self.lowered($0, upper ?? "") } ?? $0) }
                range.includesLower = includesLower
                range.includesUpper = includesUpper
                if let field, field.kind.isDate { range.timeZone = query.timeZone }
                return try self.range(range)
            }
        }
    }

    private func boolean(_ clauses: [QueryStringParser.Clause], _ query: QueryStringQuery) throws -> Plan? {
        try count(clauses.count)
        var result = BooleanClause()
        for item in clauses {
            guard let plan = try plan(item.node, query) else { continue }
            if case .text(_, _, true) = item.node, case .boolean(let inner) = plan,
                inner.minimumShouldMatch == 0
            {
                // The words of a text become clauses of their own, terms with the operator they have, others with this one's.
                let isTerms = (inner.must + inner.should).allSatisfy { if case .term = $0 { true } else { false } }
                if isTerms || item.occurrence == .should {
                    result.must += inner.must
                    result.should += inner.should
                } else {
                    result.must += inner.must + inner.should
                }
                continue
            }
            switch item.occurrence {
            case .must: result.must.append(plan)
            case .should: result.should.append(plan)
            case .mustNot: result.mustNot.append(plan)
            }
        }
        if result.count == 0 { return nil }
        // A part of only exclusions excludes from everything.
        if result.must.isEmpty, result.should.isEmpty { result.filter = [.all] }
        return .boolean(result)
    }

    private func multi(_ text: String, _ query: QueryStringQuery) -> MultiMatchQuery {
        var match = MatchQuery(field: "", value: .string(text))
        match.operator = query.defaultOperator
        match.analyzer = query.analyzer
        match.lenient = query.lenient ?? false
        match.synonymPhrases = query.synonymPhrases
        var multi = MultiMatchQuery(fields: query.fields, match: match)
        multi.style = query.style
        multi.tieBreaker = query.tieBreaker
        return multi
    }

    private func targets(_ name: String?, _ query: QueryStringQuery) throws -> [(name: String, boost: Float)] {
        guard let name else { return try fields(query.fields) }
        return try fields([FieldBoost(field: name, boost: 1)])
    }

    private func matchPlan(_ field: String?, _ text: String, _ query: QueryStringQuery) throws -> Plan? {
        var multi = multi(text, query)
        if multi.style == .phrase || multi.style == .phrasePrefix { multi.slop = query.phraseSlop }
        return try inFields(targets(field, query), multi)
    }

    /// As a multi-match query; `nil` when every field's analysis leaves no term.
    private func inFields(_ fields: [(name: String, boost: Float)], _ multi: MultiMatchQuery) throws -> Plan? {
        if fields.count == 1, multi.style != .crossFields {
            let style: TextStyle
            switch multi.style {
            case .phrase: style = .phrase(slop: multi.slop)
            case .phrasePrefix: style = .phrasePrefix(slop: multi.slop, maxExpansions: multi.match.maxExpansions)
            case .boolPrefix: style = .booleanPrefix
            default: style = .boolean
            }
            let plan = try textPlan(fields[0].name, multi.match.value, multi.match, style: style)
            return plan.map { fields[0].boost == 1 ? $0 : .boost($0, fields[0].boost) }
        }
        return try multiMatch(fields, multi)
    }

    private func phrasePlan(
        _ field: String?, _ text: String, _ slop: Int, _ query: QueryStringQuery
    ) throws -> Plan? {
        var multi = multi(text, query)
        multi.style = .phrase
        multi.slop = slop
        multi.match.analyzer = query.quoteAnalyzer ?? query.analyzer
        var targets = try targets(field, query)
        if let suffix = query.quoteFieldSuffix {
            targets = targets.map { mapping.field($0.name + suffix) == nil ? $0 : ($0.name + suffix, $0.boost) }
        }
        return try inFields(targets, multi)
    }

    /// The same clause in each field, the best one counting.
    private func eachField(
        _ name: String?, _ query: QueryStringQuery, _ make: (String, MappedField?) throws -> Plan
    ) throws -> Plan? {
        var parts: [Plan] = []
        for target in try targets(name, query) {
            do {
                let plan = try make(target.name, mapping.field(target.name))
                parts.append(target.boost == 1 ? plan : .boost(plan, target.boost))
            } catch let error as SearchError {
                if query.lenient != true || error.type == "too_complex_to_determinize_exception" { throw error }
            }
        }
        if parts.isEmpty { return Plan.none }
        return parts.count == 1 ? parts[0] : .disMax(parts, tieBreaker: query.tieBreaker ?? 0)
    }

    /// A pattern in the form that the field's terms have: as far as its analyser changes case.
    func lowered(_ field: MappedField, _ text: String) -> String {
        guard field.kind.isText, let analyzer = try? analyzer(field, override: nil),
            let probe = try? analyze("A", analyzer)
        else { return text }
        let keeps = probe.places.first?.terms.first == [UInt8(ascii: "A")]
        return keeps ? text : text.lowercased()
    }

    private static func comparison(_ text: String) -> (value: String, isLower: Bool, isIncluded: Bool)? {
        for (sign, isLower, isIncluded) in [
            (">=", true, true), ("<=", false, true), (">", true, false), ("<", false, false),
        ]
        where text.hasPrefix(sign) && text.count > sign.count {
            return (String(text.dropFirst(sign.count)), isLower, isIncluded)
        }
        return nil
    }
}
