import JSON
import Mappings

/// `simple_query_string`: Lucene's `SimpleQueryParser`, which never fails.
extension QueryPlanner {
    func simpleQueryString(_ query: SimpleQueryStringQuery) throws -> Plan {
        var query = query
        if query.fields.isEmpty { query.fields = defaultFields }
        query.lenient = query.lenient ?? (query.fields.contains { $0.field == "*" } || view.isLenient)
        var parser = SimpleQueryParser(query)
        guard let node = parser.parse() else { return .none }
        guard var plan = try plan(node, query, try fields(query.fields)) else { return .none }
        if case .boolean(var clause) = plan, let minimum = query.minimumShouldMatch, !clause.should.isEmpty {
            clause.minimumShouldMatch = try MinimumShouldMatch.count(minimum, of: clause.should.count)
            plan = .boolean(clause)
        }
        return plan
    }

    private func plan(
        _ node: SimpleQueryParser.Node, _ query: SimpleQueryStringQuery, _ fields: [(name: String, boost: Float)]
    ) throws -> Plan? {
        switch node {
        case .all: return .all
        case .not(let inner):
            guard let plan = try plan(inner, query, fields) else { return nil }
            return .boolean(BooleanClause(should: [.all], mustNot: [plan]))
        case .combination(let parts, let isAnd):
            let plans = try parts.compactMap { try plan($0, query, fields) }
            try count(plans.count)
            if plans.isEmpty { return nil }
            return .boolean(isAnd ? BooleanClause(must: plans) : BooleanClause(should: plans))
        case .text(let text): return try spread(fields, query) { try self.simpleText($0, text, query, .boolean) }
        case .phrase(let text, let slop):
            var targets = fields
            if let suffix = query.quoteFieldSuffix {
                targets = targets.map { mapping.field($0.name + suffix) == nil ? $0 : ($0.name + suffix, $0.boost) }
            }
            return try spread(targets, query) { try self.simpleText($0, text, query, .phrase(slop: slop)) }
        case .prefix(let text):
            return try spread(fields, query) { name in
                guard let field = self.mapping.field(name) else { return Plan.none }
                return try self.prefix(PatternQuery(field: name, value: self.lowered(field, text)))
            }
        case .fuzzy(let text, let edits):
            return try spread(fields, query) { name in
                guard let field = self.mapping.field(name) else { return Plan.none }
                var fuzzy = FuzzyQuery(field: name, value: .string(self.lowered(field, text)))
                fuzzy.fuzziness = try Fuzziness(String(edits))
                fuzzy.prefixLength = query.fuzzyPrefixLength
                fuzzy.maxExpansions = query.fuzzyMaxExpansions
                fuzzy.transpositions = query.fuzzyTranspositions
                return try self.fuzzy(fuzzy)
            }
        }
    }

    private func simpleText(
        _ name: String, _ text: String, _ query: SimpleQueryStringQuery, _ style: TextStyle
    ) throws -> Plan? {
        var options = MatchQuery(field: name, value: .string(text))
        options.analyzer = query.analyzer
        options.lenient = query.lenient ?? false
        options.operator = query.defaultOperator
        options.synonymPhrases = query.synonymPhrases
        return try textPlan(name, .string(text), options, style: style)
    }

    /// The same clause in each field: the fields' scores add up to their maximum, as Lucene's `DisjunctionMaxQuery` with 1.
    private func spread(
        _ fields: [(name: String, boost: Float)], _ query: SimpleQueryStringQuery, _ make: (String) throws -> Plan?
    ) throws -> Plan? {
        var parts: [Plan] = []
        for field in fields {
            do {
                guard let plan = try make(field.name) else { continue }
                parts.append(field.boost == 1 ? plan : .boost(plan, field.boost))
            } catch let error as SearchError {
                if query.lenient != true { throw error }
            }
        }
        if parts.isEmpty { return nil }
        return parts.count == 1 ? parts[0] : .disMax(parts, tieBreaker: 1)
    }
}
