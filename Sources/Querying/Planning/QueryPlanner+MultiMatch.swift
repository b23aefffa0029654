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
}
