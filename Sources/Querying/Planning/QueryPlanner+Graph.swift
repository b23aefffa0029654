import TextAnalysis

/// Texts whose analysis is a graph: with synonyms of several words, or words in parts.
extension QueryPlanner {
    /// The graph of a text; `nil` if it is a plain sequence.
    func graph(_ text: String, _ analyzer: Analyzer) throws -> TokenGraph? {
        let tokens: [AnalyzedToken]
        do { tokens = try analyzer.tokens(text) } catch { throw SearchError.illegalArgument("\(error)").during(.query) }
        guard tokens.count > 1, tokens.contains(where: { $0.positionLength > 1 }) else { return nil }
        return TokenGraph(tokens)
    }

    /// A graph in one field, as OpenSearch's `MatchQuery` asks for it.
    func graphPlan(
        _ graph: TokenGraph, _ field: ScoredField, _ options: MatchQuery, style: TextStyle
    ) throws -> Plan? {
        switch style {
        case .boolean, .booleanPrefix:
            let isPrefix = if case .booleanPrefix = style { true } else { false }
            return try graphBoolean(graph, options) { terms, isLast in
                if isPrefix, isLast, terms.count == 1 { return self.prefixPlan(field, terms[0]) }
                return try self.termPlan(field, terms, options)
            } phrase: { path, isLast in
                try self.phrase(path, field, slop: 0, prefix: isPrefix && isLast ? options.maxExpansions : nil)
            }
        case .phrase(let slop): return try graphPhrase(graph, field, slop: slop, prefix: nil)
        case .phrasePrefix(let slop, let maxExpansions):
            return try graphPhrase(graph, field, slop: slop, prefix: maxExpansions)
        }
    }

    /// A clause for each part of a graph; ways of several words are phrases, or all their words, as the options say.
    ///
    /// - Parameter term: Makes the clause of terms that stand for one another; told whether they are the last ones.
    func graphBoolean(
        _ graph: TokenGraph, _ options: MatchQuery, term: ([[UInt8]], Bool) throws -> Plan,
        phrase: ([TokenGraph.Edge], Bool) throws -> Plan
    ) throws -> Plan? {
        guard let parts = graph.parts(limit: view.limits.clauseCount) else { throw tooManyClauses }
        var plans: [Plan] = []
        for (i, part) in parts.enumerated() {
            let isLast = i == parts.count - 1
            switch part {
            case .terms(let terms): plans.append(try term(terms, isLast))
            case .paths(let paths):
                try count(paths.count)
                let ways = try paths.map { path in
                    if path.count == 1 { return try term([path[0].term], isLast) }
                    if options.synonymPhrases { return try phrase(path, isLast) }
                    return .boolean(BooleanClause(must: try path.map { try term([$0.term], false) }))
                }
                plans.append(.boolean(BooleanClause(should: ways)))
            }
        }
        return plans.isEmpty ? nil : try boolean(plans, options)
    }

    /// - Parameter prefix: How many terms the last word becomes as a prefix; `nil` if it is none.
    private func graphPhrase(_ graph: TokenGraph, _ field: ScoredField, slop: Int, prefix: Int?) throws -> Plan? {
        if slop > 0 {
            guard let paths = graph.paths(limit: view.limits.clauseCount) else { throw tooManyClauses }
            try count(paths.count)
            return .boolean(
                BooleanClause(should: try paths.map { try phrase($0, field, slop: slop, prefix: prefix) }))
        }
        guard let parts = graph.parts(limit: view.limits.clauseCount) else { throw tooManyClauses }
        var ways = parts.map { part -> [GraphPhraseClause.Way] in
            switch part {
            case .terms(let terms): return terms.map { .init(terms: [(0, $0)]) }
            case .paths(let paths):
                return paths.map { path in
                    var offset = 0
                    return .init(
                        terms: path.enumerated().map { i, edge in
                            if i > 0 { offset += edge.increment }
                            return (offset, edge.term)
                        })
                }
            }
        }
        if prefix != nil, let last = ways.indices.last {
            for i in ways[last].indices { ways[last][i].endsWithPrefix = true }
        }
        return .graphPhrase(GraphPhraseClause(field: field, parts: ways, maxExpansions: prefix ?? 50))
    }

    /// One way through a graph as a phrase.
    private func phrase(_ path: [TokenGraph.Edge], _ field: ScoredField, slop: Int, prefix: Int?) throws -> Plan {
        var position = -1
        var places = path.map { edge in
            position += edge.increment
            return (position: position, terms: [edge.term])
        }
        if let prefix, let last = places.popLast() {
            return .phrasePrefix(
                PhraseClause(field: field, places: places, slop: slop), prefix: last.terms[0],
                position: last.position, maxExpansions: prefix)
        }
        if places.count == 1 { return .term(TermClause(field: field, term: places[0].terms[0])) }
        return .phrase(PhraseClause(field: field, places: places, slop: slop))
    }

    /// One way through a graph as a phrase in each of several fields, the best one counting.
    func phrase(
        _ path: [TokenGraph.Edge], _ fields: [(field: ScoredField, boost: Float)], tieBreaker: Float
    ) throws -> Plan {
        .disMax(
            try fields.map { item in
                let plan = try phrase(path, item.field, slop: 0, prefix: nil)
                return item.boost == 1 ? plan : .boost(plan, item.boost)
            }, tieBreaker: tieBreaker)
    }
}
