import JSON
import Mappings
import TextAnalysis

/// Queries that treat several fields as one: each term may be in any of them.
extension QueryPlanner {
    private struct Group {
        var analyzer: Analyzer?
        var key: String
        var fields: [(field: MappedField, boost: Float)]
    }

    /// `multi_match` of type `cross_fields`: fields with the same analyser are one field, whose terms have common statistics.
    func crossFields(_ fields: [(name: String, boost: Float)], _ query: MultiMatchQuery) throws -> Plan {
        var groups: [Group] = []
        for item in fields {
            guard let field = mapping.field(item.name) else { continue }
            let analyzer = try analyzer(field, override: query.match.analyzer)
            // Values that are not analysed are one term each.
            let key = analyzer?.name ?? ""
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].fields.append((field, item.boost))
            } else {
                groups.append(Group(analyzer: analyzer, key: key, fields: [(field, item.boost)]))
            }
        }
        var parts: [Plan] = []
        for group in groups {
            if group.fields.count == 1 {
                let item = group.fields[0]
                let plan = try textPlan(item.field.name, query.match.value, query.match, style: .boolean)
                if let plan { parts.append(item.boost == 1 ? plan : .boost(plan, item.boost)) }
            } else if let plan = try blendedGroup(group, query) {
                parts.append(plan)
            }
        }
        if parts.isEmpty { return query.match.zeroTerms == .all ? .all : .none }
        if parts.count == 1 { return parts[0] }
        return .disMax(parts, tieBreaker: query.tieBreaker ?? 0)
    }

    private func blendedGroup(_ group: Group, _ query: MultiMatchQuery) throws -> Plan? {
        let whole = text(query.match.value)
        guard let analyzer = group.analyzer else { return try blended([Array(whole.utf8)], group, query) }
        if analyzer.makesGraphs, let graph = try graph(whole, analyzer) {
            let fields = group.fields.filter { $0.field.kind.isText }.map { (field: scored($0.field), boost: $0.boost) }
            return try graphBoolean(graph, query.match) { terms, _ in
                try self.blended(terms, group, query)
            } phrase: { path, _ in
                try self.phrase(path, fields, tieBreaker: query.tieBreaker ?? 0)
            }
        }
        let analyzed = try analyze(whole, analyzer)
        if analyzed.places.isEmpty { return nil }
        let plans = try analyzed.places.map { try blended($0.terms, group, query) }
        try count(plans.count * group.fields.count)
        return plans.count == 1 ? plans[0] : try boolean(plans, query.match)
    }

    /// Terms that stand for one another in all fields of a group: those of text and keyword fields blended, others beside them.
    private func blended(_ terms: [[UInt8]], _ group: Group, _ query: MultiMatchQuery) throws -> Plan {
        var blended: [BlendedTerm] = []
        var others: [Plan] = []
        for item in group.fields {
            for term in terms {
                if item.field.kind.isText {
                    blended.append(BlendedTerm(field: scored(item.field), term: term, boost: item.boost))
                    continue
                }
                do {
                    let plan = try termPlan(item.field, .string(String(decoding: term, as: UTF8.self)))
                    if case .term(let clause) = plan {
                        blended.append(BlendedTerm(field: clause.field, term: clause.term, boost: item.boost))
                    } else {
                        others.append(item.boost == 1 ? plan : .boost(plan, item.boost))
                    }
                } catch let error as SearchError {
                    if !query.match.lenient { throw error }
                }
            }
        }
        let tieBreaker = query.tieBreaker ?? 0
        if !blended.isEmpty { others.append(.blended(blended, tieBreaker: tieBreaker)) }
        if others.isEmpty { return .none }
        return others.count == 1 ? others[0] : .disMax(others, tieBreaker: tieBreaker)
    }

    /// `combined_fields`: Lucene's `CombinedFieldQuery` for each term.
    func combinedFields(_ query: CombinedFieldsQuery) throws -> Plan {
        let name = "combined_fields"
        var analyzer: Analyzer?
        var combined: [CombinedField] = []
        for item in try fields(query.fields) {
            guard let field = mapping.field(item.name) else { continue }
            guard field.kind.isText else {
                throw SearchError.queryShard(
                    "Field [\(field.name)] of type [\(field.kind.rawValue)] does not support [\(name)] queries")
            }
            let own = try self.analyzer(field, override: nil)
            if let analyzer, own?.name != analyzer.name {
                throw SearchError.queryShard("All fields in [\(name)] query must have the same search analyzer")
            }
            if item.boost < 1 {
                throw SearchError.illegalArgument("weight must be greater or equal to 1").during(.query)
            }
            analyzer = own
            combined.append(CombinedField(field: scored(field), weight: item.boost))
        }
        guard let analyzer else { return .none }
        if Set(combined.map(\.field.hasNorms)).count > 1 {
            throw SearchError.illegalArgument(
                "CombinedFieldQuery requires norms to be consistent across fields: some fields cannot  have norms enabled, while others have norms disabled"
            ).during(.query)
        }
        var options = MatchQuery(field: "", value: query.value)
        options.operator = query.operator
        options.synonymPhrases = false
        // Synonyms are clauses with the query's operator, as OpenSearch has it.
        let clause: ([[UInt8]]) throws -> Plan = { terms in
            let plans = terms.map { Plan.combined(combined, term: $0) }
            return plans.count == 1 ? plans[0] : try self.boolean(plans, options)
        }
        if analyzer.makesGraphs, let graph = try graph(text(query.value), analyzer) {
            return try graphBoolean(graph, options) { terms, _ in
                try clause(terms)
            } phrase: { _, _ in
                .none
            } ?? .none
        }
        let analyzed = try analyze(text(query.value), analyzer)
        if analyzed.places.isEmpty { return .none }
        let plans = try analyzed.places.map { try clause($0.terms) }
        try count(plans.count * combined.count)
        return plans.count == 1 ? plans[0] : try boolean(plans, options)
    }
}
