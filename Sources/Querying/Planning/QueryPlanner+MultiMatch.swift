import JSON
import Mappings
import TextAnalysis

/// Queries on several fields.
extension QueryPlanner {
    /// The fields that are searched when none is named: those of the index's settings, else all that can be.
    var defaultFields: [FieldBoost] {
        view.defaultFields.map { text in
            let parts = text.split(separator: "^", maxSplits: 1)
            return FieldBoost(
                field: parts.first.map(String.init) ?? "*", boost: parts.count > 1 ? Float(parts[1]) ?? 1 : 1)
        }
    }

    func multiMatch(_ query: MultiMatchQuery) throws -> Plan {
        var query = query
        if query.fields.isEmpty { query.fields = defaultFields }
        let isDefault = query.fields.contains { $0.field == "*" }
        // Searching all fields, values of the wrong type are to be expected.
        if isDefault { query.match.lenient = true }
        return try multiMatch(try fields(query.fields), query)
    }

    func multiMatch(_ fields: [(name: String, boost: Float)], _ query: MultiMatchQuery) throws -> Plan {
        if query.style == .crossFields { return try crossFields(fields, query) }
        let style: TextStyle
        switch query.style {
        case .phrase: style = .phrase(slop: query.slop)
        case .phrasePrefix: style = .phrasePrefix(slop: query.slop, maxExpansions: query.match.maxExpansions)
        case .boolPrefix: style = .booleanPrefix
        default: style = .boolean
        }
        var parts: [Plan] = []
        var emptied = false
        for field in fields {
            guard mapping.field(field.name) != nil || field.name == "_id" else { continue }
            guard let plan = try textPlan(field.name, query.match.value, query.match, style: style) else {
                emptied = true
                continue
            }
            parts.append(field.boost == 1 ? plan : .boost(plan, field.boost))
        }
        if parts.isEmpty { return emptied && query.match.zeroTerms == .all ? .all : .none }
        try count(parts.count > 1 ? parts.count : 0)
        return group(parts, query)
    }

    private func group(_ parts: [Plan], _ query: MultiMatchQuery) -> Plan {
        if parts.count == 1 { return parts[0] }
        let standard: Float = query.style == .mostFields || query.style == .boolPrefix ? 1 : 0
        return .disMax(parts, tieBreaker: query.tieBreaker ?? standard)
    }

    /// Fields with the same analyser are one field: each term must be in one of them.
    private func crossFields(_ fields: [(name: String, boost: Float)], _ query: MultiMatchQuery) throws -> Plan {
        var groups: [(analyzer: Analyzer?, key: String, fields: [(field: MappedField, boost: Float)])] = []
        for item in fields {
            guard let field = mapping.field(item.name) else { continue }
            let analyzer = try analyzer(field, override: query.match.analyzer)
            let isText = field.kind.isText
            let key = isText ? analyzer?.name ?? "" : "\u{0}\(item.name)"
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].fields.append((field, item.boost))
            } else {
                groups.append((isText ? analyzer : nil, key, [(field, item.boost)]))
            }
        }
        var parts: [Plan] = []
        for group in groups {
            guard let analyzer = group.analyzer else {
                let item = group.fields[0]
                var options = query.match
                options.fuzziness = nil
                if let plan = try textPlan(item.field.name, query.match.value, options, style: .boolean) {
                    parts.append(item.boost == 1 ? plan : .boost(plan, item.boost))
                }
                continue
            }
            if let plan = try crossGroup(group.fields, analyzer, query) { parts.append(plan) }
        }
        if parts.isEmpty { return query.match.zeroTerms == .all ? .all : .none }
        if parts.count == 1 { return parts[0] }
        return .disMax(parts, tieBreaker: query.tieBreaker ?? 0)
    }

    private func crossGroup(
        _ fields: [(field: MappedField, boost: Float)], _ analyzer: Analyzer, _ query: MultiMatchQuery
    ) throws -> Plan? {
        let analyzed = try analyze(text(query.match.value), analyzer)
        if analyzed.places.isEmpty { return nil }
        let plans = analyzed.places.map { place in
            Plan.blended(
                fields.map { BlendedTerm(field: scored($0.field), terms: place.terms, boost: $0.boost) },
                tieBreaker: query.tieBreaker ?? 0)
        }
        if plans.count == 1 { return plans[0] }
        try count(plans.count * fields.count)
        var clause = BooleanClause()
        if query.match.operator == .and {
            clause.must = plans
        } else {
            clause.should = plans
            if let minimum = query.match.minimumShouldMatch {
                clause.minimumShouldMatch = try MinimumShouldMatch.count(minimum, of: plans.count)
            }
        }
        return .boolean(clause)
    }

    /// Served as `cross_fields` with the sum of the fields, which ranks alike; BM25F itself is not computed.
    func combinedFields(_ query: CombinedFieldsQuery) throws -> Plan {
        var match = MatchQuery(field: "", value: query.value)
        match.operator = query.operator
        match.minimumShouldMatch = query.minimumShouldMatch
        match.zeroTerms = query.zeroTerms
        var multi = MultiMatchQuery(fields: query.fields, match: match)
        multi.style = .crossFields
        multi.tieBreaker = 1
        return try multiMatch(try fields(query.fields), multi)
    }
}
