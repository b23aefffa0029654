import JSON
import Mappings
import SearchIndex
import TextAnalysis

/// The terms of a text, by position.
struct AnalyzedText {
    /// Each position with its terms, in order; the first position is 0 unless words were left out before it.
    var places: [(position: Int, terms: [[UInt8]])] = []
}

/// Queries on analysed text.
extension QueryPlanner {
    /// How the terms of a text are put together.
    enum TextStyle {
        case boolean
        case booleanPrefix
        case phrase(slop: Int)
        case phrasePrefix(slop: Int, maxExpansions: Int)
    }

    func analyze(_ text: String, _ analyzer: Analyzer) throws -> AnalyzedText {
        var buffer = TokenBuffer()
        do { try analyzer.analyze(text, into: &buffer) } catch {
            throw SearchError.illegalArgument("\(error)").during(.query)
        }
        var result = AnalyzedText()
        for token in 0..<buffer.count {
            let position = Int(buffer.positions[token])
            let term = Array(buffer.bytes[buffer.range(of: token)])
            if let last = result.places.last, last.position == position {
                if !last.terms.contains(term) { result.places[result.places.count - 1].terms.append(term) }
            } else {
                result.places.append((position, [term]))
            }
        }
        return result
    }

    /// A text in one field; `nil` when its analysis leaves no term.
    func textPlan(_ name: String, _ value: JSONValue, _ options: MatchQuery, style: TextStyle) throws -> Plan? {
        if name == "_id" { return .seqNos(try view.seqNos(ofIDs: [text(value)])) }
        guard let field = mapping.field(name) else {
            return try metadata(name, value) ?? Plan.none
        }
        guard let analyzer = try analyzer(field, override: options.analyzer, quoted: style.isPhrase),
            field.kind.isText || options.analyzer != nil && field.kind.isKeywordLike
        else {
            return try exact(field, value, options, style: style)
        }
        let scoredField = scored(field)
        if analyzer.makesGraphs, let graph = try graph(text(value), analyzer) {
            return try graphPlan(graph, scoredField, options, style: style)
        }
        let analyzed = try analyze(text(value), analyzer)
        if analyzed.places.isEmpty { return nil }
        switch style {
        case .boolean, .booleanPrefix:
            let isPrefix = if case .booleanPrefix = style { true } else { false }
            var plans: [Plan] = []
            for (i, place) in analyzed.places.enumerated() {
                if isPrefix, i == analyzed.places.count - 1, place.terms.count == 1 {
                    plans.append(prefixPlan(scoredField, place.terms[0]))
                } else {
                    plans.append(try termPlan(scoredField, place.terms, options))
                }
            }
            return plans.count == 1 ? plans[0] : try boolean(plans, options)
        case .phrase(let slop):
            if analyzed.places.count == 1 { return try termPlan(scoredField, analyzed.places[0].terms, nil) }
            return .phrase(PhraseClause(field: scoredField, places: analyzed.places, slop: slop))
        case .phrasePrefix(let slop, let maxExpansions):
            var places = analyzed.places
            let last = places.removeLast()
            guard last.terms.count == 1 else {
                places.append(last)
                return .phrase(PhraseClause(field: scoredField, places: places, slop: slop))
            }
            if !places.isEmpty, !scoredField.hasPositions {
                return .phrase(PhraseClause(field: scoredField, places: places, slop: slop))
            }
            return .phrasePrefix(
                PhraseClause(field: scoredField, places: places, slop: slop), prefix: last.terms[0],
                position: last.position, maxExpansions: maxExpansions)
        }
    }

    /// The clauses of a text's terms, combined as the options say.
    func boolean(_ plans: [Plan], _ options: MatchQuery) throws -> Plan {
        try count(plans.count)
        var clause = BooleanClause()
        if options.operator == .and {
            clause.must = plans
        } else {
            clause.should = plans
            if let minimum = options.minimumShouldMatch {
                clause.minimumShouldMatch = try MinimumShouldMatch.count(minimum, of: plans.count)
            }
        }
        return .boolean(clause)
    }

    func prefixPlan(_ field: ScoredField, _ term: [UInt8]) -> Plan {
        let text = String(decoding: term, as: UTF8.self)
        return .pattern(field.number, .prefix(text, bothCases: false), description: "\(field.name):\(text)*")
    }

    /// Terms at one place, of a query with options or of a phrase.
    func termPlan(_ field: ScoredField, _ terms: [[UInt8]], _ options: MatchQuery?) throws -> Plan {
        if terms.count > 1 { return .synonym(field, terms) }
        if let options, options.fuzziness != nil {
            return try fuzzyPlan(field, String(decoding: terms[0], as: UTF8.self), options)
        }
        return .term(TermClause(field: field, term: terms[0]))
    }

    private func fuzzyPlan(_ field: ScoredField, _ text: String, _ options: MatchQuery) throws -> Plan {
        var fuzzy = FuzzyQuery(field: field.name, value: .string(text))
        fuzzy.fuzziness = options.fuzziness ?? .auto
        fuzzy.prefixLength = options.prefixLength
        fuzzy.maxExpansions = options.maxExpansions
        fuzzy.transpositions = options.fuzzyTranspositions
        fuzzy.rewrite = options.fuzzyRewrite
        return try fuzzyPlan(field, text, fuzzy)
    }

    func fuzzyPlan(_ field: ScoredField, _ text: String, _ query: FuzzyQuery) throws -> Plan {
        let edits = query.fuzziness.distance(forLength: text.unicodeScalars.count)
        let rewrite = try rewrite(query.rewrite)
        if edits == 0 {
            let term = Plan.term(TermClause(field: field, term: Array(text.utf8)))
            switch rewrite {
            case .constant, .constantBoolean, .topBoost: return .constant(term)
            default: return term
            }
        }
        return .fuzzy(
            field,
            FuzzyClause(
                text: text, edits: edits, prefixLength: query.prefixLength, maxExpansions: query.maxExpansions,
                transpositions: query.transpositions, rewrite: rewrite))
    }

    /// A value in a field that is not analysed.
    private func exact(
        _ field: MappedField, _ value: JSONValue, _ options: MatchQuery, style: TextStyle
    ) throws -> Plan {
        do {
            if case .booleanPrefix = style, field.kind.isKeywordLike {
                let text = try normalized(field, text(value))
                return .pattern(
                    field.number, .prefix(text, bothCases: false), description: "\(field.name):\(text)*")
            }
            if case .phrasePrefix = style {
                guard field.kind.isKeywordLike else {
                    throw SearchError.queryShard(
                        "Can only use phrase prefix queries on text fields - not on [\(field.name)] which is of type [\(field.kind.rawValue)]"
                    )
                }
                let text = try normalized(field, text(value))
                return .pattern(
                    field.number, .prefix(text, bothCases: false), description: "\(field.name):\(text)*")
            }
            if options.fuzziness != nil, field.kind.isKeywordLike {
                return try fuzzyPlan(scored(field), try normalized(field, text(value)), options)
            }
            if options.fuzziness != nil {
                try values { () throws(MappingError) in try field.requireStrings(for: "fuzzy") }
            }
            if field.splitsQueriesOnWhitespace, field.kind == .keyword, !style.isPhrase {
                let words = text(value).split(whereSeparator: \.isWhitespace).map(String.init)
                if words.count > 1 {
                    var clause = BooleanClause()
                    let plans = try words.map { try termPlan(field, .string($0)) }
                    if options.operator == .and { clause.must = plans } else { clause.should = plans }
                    if let minimum = options.minimumShouldMatch, options.operator == .or {
                        clause.minimumShouldMatch = try MinimumShouldMatch.count(minimum, of: plans.count)
                    }
                    return .boolean(clause)
                }
            }
            return try termPlan(field, value)
        } catch let error as SearchError {
            if options.lenient { return .none }
            throw error
        }
    }

    private func zeroTerms(_ choice: ZeroTermsQuery) -> Plan {
        switch choice {
        case .none, .null: .none
        case .all: .all
        }
    }

    func match(_ query: MatchQuery) throws -> Plan {
        try textPlan(query.field, query.value, query, style: .boolean) ?? zeroTerms(query.zeroTerms)
    }

    func matchPhrase(_ query: MatchPhraseQuery) throws -> Plan {
        var options = MatchQuery(field: query.field, value: query.value)
        options.analyzer = query.analyzer
        options.lenient = query.lenient
        return try textPlan(query.field, query.value, options, style: .phrase(slop: query.slop))
            ?? zeroTerms(query.zeroTerms)
    }

    func matchPhrasePrefix(_ query: MatchPhrasePrefixQuery) throws -> Plan {
        var options = MatchQuery(field: query.field, value: query.value)
        options.analyzer = query.analyzer
        return try textPlan(
            query.field, query.value, options,
            style: .phrasePrefix(slop: query.slop, maxExpansions: query.maxExpansions))
            ?? zeroTerms(query.zeroTerms)
    }

    func matchBoolPrefix(_ query: MatchQuery) throws -> Plan {
        try textPlan(query.field, query.value, query, style: .booleanPrefix) ?? .none
    }
}

extension QueryPlanner.TextStyle {
    var isPhrase: Bool {
        switch self {
        case .phrase, .phrasePrefix: true
        default: false
        }
    }
}
