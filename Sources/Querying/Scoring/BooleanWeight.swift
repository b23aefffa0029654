import SearchIndex

/// Lucene's boolean query: scores of what must and may match add up.
final class BooleanWeight: Weight {
    private let must: [Weight]
    private let filter: [Weight]
    private let should: [Weight]
    private let mustNot: [Weight]
    private let minimum: Int

    init(must: [Weight], filter: [Weight], should: [Weight], mustNot: [Weight], minimum: Int) {
        self.must = must
        self.filter = filter
        self.should = should
        self.mustNot = mustNot
        self.minimum = minimum
    }

    /// The clauses of which one must match, if this is nothing but a choice among them.
    var alternatives: [Weight]? {
        must.isEmpty && filter.isEmpty && mustNot.isEmpty && minimum <= 1 && !should.isEmpty ? should : nil
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        var required: [Scorer] = []
        for weight in must {
            guard let scorer = try weight.scorer(segment) else { return nil }
            required.append(scorer)
        }
        var filters: [Scorer] = []
        for weight in filter {
            guard let scorer = try weight.scorer(segment) else { return nil }
            filters.append(scorer)
        }
        let optional = try should.compactMap { try $0.scorer(segment) }
        let excluded = try mustNot.compactMap { try $0.scorer(segment) }
        guard let positive = combine(required, filters, optional) else { return nil }
        if excluded.isEmpty { return positive }
        return ExclusionScorer(positive, excluding: excluded.count == 1 ? excluded[0] : DisjunctionScorer(excluded))
    }

    private func combine(_ required: [Scorer], _ filters: [Scorer], _ optional: [Scorer]) -> Scorer? {
        let hasRequired = !required.isEmpty || !filters.isEmpty
        let needed = hasRequired ? minimum : max(1, minimum)
        if optional.count < needed { return nil }
        guard hasRequired else { return disjunction(optional, needed) }
        if needed > 0 {
            return ConjunctionScorer(required + [disjunction(optional, needed)], filters: filters)
        }
        let conjunction: Scorer
        if required.count == 1, filters.isEmpty {
            conjunction = required[0]
        } else if required.isEmpty, filters.count == 1 {
            conjunction = ConstantScorer(filters[0], score: 0)
        } else {
            conjunction = ConjunctionScorer(required, filters: filters)
        }
        return optional.isEmpty
            ? conjunction : RequiredOptionalScorer(conjunction, optional: disjunction(optional, 1))
    }

    private func disjunction(_ scorers: [Scorer], _ minimum: Int) -> Scorer {
        if scorers.count == 1 { return scorers[0] }
        if scorers.count == minimum { return ConjunctionScorer(scorers) }
        return DisjunctionScorer(scorers, minimumMatches: minimum)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        var details: [Explanation] = []
        var sum = 0.0
        var matched = 0
        for weight in must {
            let part = try weight.explain(segment, document)
            guard part.isMatch else {
                return .noMatch(
                    "Failure to meet condition(s) of required/prohibited clause(s)",
                    [
                        .noMatch("no match on required clause", [part])
                    ])
            }
            details.append(part)
            sum += Double(part.value)
        }
        for weight in filter {
            let part = try weight.explain(segment, document)
            guard part.isMatch else {
                return .noMatch(
                    "Failure to meet condition(s) of required/prohibited clause(s)",
                    [
                        .noMatch("no match on required clause", [part])
                    ])
            }
            details.append(
                Explanation(0, "match on required clause, product of:", [Explanation(0, "# clause"), part]))
        }
        for weight in should {
            let part = try weight.explain(segment, document)
            if part.isMatch {
                details.append(part)
                sum += Double(part.value)
                matched += 1
            }
        }
        for weight in mustNot where try weight.explain(segment, document).isMatch {
            return .noMatch(
                "Failure to meet condition(s) of required/prohibited clause(s)",
                [
                    .noMatch("match on prohibited clause")
                ])
        }
        let needed = must.isEmpty && filter.isEmpty ? max(1, minimum) : minimum
        if matched < needed {
            return .noMatch(
                details.isEmpty
                    ? "No matching clauses" : "Failure to match minimum number of optional clauses: \(needed)",
                details)
        }
        return Explanation(Float(sum), "sum of:", details)
    }
}

/// The best of several, and a part of the others.
final class DisMaxWeight: Weight {
    private let parts: [Weight]
    private let tieBreaker: Float

    init(_ parts: [Weight], tieBreaker: Float) {
        self.parts = parts
        self.tieBreaker = tieBreaker
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        let scorers = try parts.compactMap { try $0.scorer(segment) }
        if scorers.isEmpty { return nil }
        if scorers.count == 1 { return scorers[0] }
        return DisjunctionScorer(scorers, combination: .maximum(tieBreaker: tieBreaker))
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        let details = try parts.map { try $0.explain(segment, document) }.filter(\.isMatch)
        guard let highest = details.map(\.value).max() else { return .noMatch("No matching clause") }
        let all = details.reduce(0.0) { $0 + Double($1.value) }
        let value = Float(Double(highest) + (all - Double(highest)) * Double(tieBreaker))
        return Explanation(value, tieBreaker == 0 ? "max of:" : "max plus \(tieBreaker) times others of:", details)
    }
}
