import SearchIndex

/// Plans that become several terms: those of the dictionary that a pattern, a prefix or an edit distance takes.
extension WeightBuilder {
    /// One term in several fields: each field scores with the same document frequency, a little more for rarer fields.
    func blended(_ terms: [BlendedTerm], _ tieBreaker: Float, _ boost: Float) -> Weight {
        let frequencies = terms.map { statistics.term($0.field.number, $0.term).documentFrequency }
        var blended = frequencies
        if terms.count > 1, let most = frequencies.max(), most > 0 {
            var bound = statistics.snapshot.documentCount
            for (i, item) in terms.enumerated() where frequencies[i] > 0 {
                bound = min(bound, statistics.field(item.field.number).sumTotalTermFrequency)
            }
            var actual = min(bound, most)
            let order = terms.indices.sorted {
                frequencies[$0] != frequencies[$1] ? frequencies[$0] > frequencies[$1] : $0 < $1
            }
            var previous = frequencies[order[0]]
            for i in order {
                if frequencies[i] == 0 { break }
                if previous > frequencies[i] { actual += 1 }
                previous = frequencies[i]
                // No more than the field's documents, so that no score is negative.
                blended[i] = min(bound, actual, statistics.field(terms[i].field.number).documentCount)
            }
        }
        let parts = terms.enumerated().map { i, item in
            TermsWeight(
                item.field, [item.term], boost: boost * item.boost, snapshot: statistics, documentFrequency: blended[i])
        }
        return parts.count == 1 ? parts[0] : DisMaxWeight(parts, tieBreaker: tieBreaker)
    }

    /// A term of the dictionary with a factor of its score.
    private typealias Found = (term: [UInt8], boost: Float)

    /// Terms within an edit distance; unless told otherwise the nearest ones, each with the document frequency of the most frequent and
    /// a boost by its distance (Lucene's `TopTermsBlendedFreqScoringRewrite`).
    func fuzzy(_ field: ScoredField, _ clause: FuzzyClause, _ boost: Float) throws -> Weight {
        let pattern = TermPattern.fuzzy(
            clause.text, edits: clause.edits, prefixLength: clause.prefixLength, transpositions: clause.transpositions)
        if clause.rewrite == .constant {
            return SetWeight(score: boost, name: "\(field.name):\(clause.text)~\(clause.edits)") { segment in
                guard let terms = segment.terms(field.number) else { return nil }
                return try PatternScorer.make(pattern, terms, segment)
            }
        }
        let length = clause.text.unicodeScalars.count
        var found: [[UInt8]: Float] = [:]
        for segment in statistics.snapshot.segments {
            guard let terms = segment.terms(field.number) else { continue }
            try pattern.forEach(in: terms) { term, edits, _ in
                if found[term] == nil {
                    let own = term.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
                    found[term] = edits == 0 ? 1 : 1 - Float(edits) / Float(min(own, length))
                }
                return true
            }
        }
        let ranked = found.filter { $0.value >= 0 }.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
        }.map { (term: $0.key, boost: $0.value) }
        return try clauses(ranked, field, clause.rewrite ?? .topBlended(clause.maxExpansions), boost)
    }

    /// The terms of a pattern as clauses.
    func patternTerms(
        _ field: ScoredField, _ source: TermPatternSource, _ rewrite: PatternRewrite, _ boost: Float
    ) throws -> Weight {
        let pattern = try source.make()
        // All terms weigh the same: the first in the order of the dictionary are those that are kept.
        let limit: Int
        switch rewrite {
        case .top(let count), .topBoost(let count), .topBlended(let count): limit = min(count, maxClauses)
        case .constant, .scoring, .constantBoolean: limit = maxClauses + 1
        }
        var found: Set<[UInt8]> = []
        for segment in statistics.snapshot.segments {
            guard let terms = segment.terms(field.number) else { continue }
            var taken = 0
            try pattern.forEach(in: terms) { term, _, _ in
                found.insert(term)
                taken += 1
                return taken < limit
            }
        }
        let sorted = found.sorted { $0.lexicographicallyPrecedes($1) }
        return try clauses(sorted.map { ($0, 1) }, field, rewrite, boost)
    }

    /// The clauses of terms, the best first, as a rewrite method has them.
    private func clauses(
        _ found: [Found], _ field: ScoredField, _ rewrite: PatternRewrite, _ boost: Float
    ) throws -> Weight {
        var best = found
        var frequency: Int?
        switch rewrite {
        case .constant, .scoring, .constantBoolean:
            if found.count > maxClauses {
                throw SearchError(
                    type: "too_many_clauses", reason: "maxClauseCount is set to \(maxClauses)", phase: .query)
            }
        case .top(let count), .topBoost(let count): best = Array(found.prefix(min(count, maxClauses)))
        case .topBlended(let count):
            best = Array(found.prefix(min(count, maxClauses)))
            frequency = best.map { statistics.term(field.number, $0.term).documentFrequency }.max()
        }
        if best.isEmpty { return NoneWeight() }
        best.sort { $0.term.lexicographicallyPrecedes($1.term) }
        let parts = best.map { item -> Weight in
            let weight = TermsWeight(
                field, [item.term], boost: boost * item.boost, snapshot: statistics, documentFrequency: frequency)
            guard case .topBoost = rewrite else { return weight }
            let name = "\(field.name):\(String(decoding: item.term, as: UTF8.self))"
            return ConstantWeight(weight, score: boost * item.boost, name: name)
        }
        let whole =
            parts.count == 1
            ? parts[0] : BooleanWeight(must: [], filter: [], should: parts, mustNot: [], minimum: 0)
        if rewrite != .constantBoolean { return whole }
        return ConstantWeight(whole, score: boost, name: field.name)
    }

    /// The first terms of the dictionary with a prefix.
    func expansions(of prefix: [UInt8], _ field: FieldNumber, limit: Int) -> [[UInt8]] {
        var found: Set<[UInt8]> = []
        for segment in statistics.snapshot.segments {
            guard let terms = segment.terms(field) else { continue }
            var cursor = terms.cursor()
            guard cursor.seek(atLeast: prefix) else { continue }
            var taken = 0
            repeat {
                let term = cursor.term
                if !term.starts(with: prefix) { break }
                found.insert(term)
                taken += 1
            } while taken < limit && cursor.next()
        }
        return Array(found.sorted { $0.lexicographicallyPrecedes($1) }.prefix(limit))
    }

    /// The first terms with the prefix take the last place of the phrase.
    func phrasePrefix(
        _ clause: PhraseClause, _ prefix: [UInt8], _ position: Int, _ maxExpansions: Int, _ boost: Float
    ) throws -> Weight {
        let expansions = expansions(of: prefix, clause.field.number, limit: maxExpansions)
        if expansions.isEmpty { return NoneWeight() }
        if clause.places.isEmpty {
            let parts = expansions.map { TermsWeight(clause.field, [$0], boost: boost, snapshot: statistics) }
            return parts.count == 1
                ? parts[0] : BooleanWeight(must: [], filter: [], should: parts, mustNot: [], minimum: 0)
        }
        var whole = clause
        whole.places.append((position, expansions))
        return try PhraseWeight(whole, boost: boost, snapshot: statistics)
    }

    /// A phrase over a graph; a prefix at its end becomes the first terms with it.
    func graphPhrase(_ clause: GraphPhraseClause, _ boost: Float) throws -> Weight {
        var whole = clause
        if let last = whole.parts.indices.last {
            whole.parts[last] = whole.parts[last].flatMap { way -> [GraphPhraseClause.Way] in
                guard way.endsWithPrefix, let end = way.terms.last else { return [way] }
                return expansions(of: end.term, clause.field.number, limit: clause.maxExpansions).map { term in
                    .init(terms: way.terms.dropLast() + [(end.offset, term)])
                }
            }
        }
        return try GraphPhraseWeight(whole, boost: boost, snapshot: statistics)
    }
}
