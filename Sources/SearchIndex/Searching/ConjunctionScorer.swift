/// Documents that match all of several scorers.
///
/// The score is the sum of those that score.
public final class ConjunctionScorer: Scorer {
    /// By cost, the cheapest first.
    private let all: [Scorer]
    private let scoring: [Scorer]
    private let confirming: [Scorer]
    private let confirms: Bool

    /// - Parameters:
    ///   - required: these must match, and their scores add up.
    ///   - filters: these must match and do not score.
    public init(_ required: [Scorer], filters: [Scorer] = []) {
        precondition(!required.isEmpty || !filters.isEmpty)
        scoring = required
        all = (required + filters).sorted { $0.cost < $1.cost }
        confirming = all.filter(\.needsConfirmation)
        confirms = !confirming.isEmpty
    }

    public override var cost: Int { all[0].cost }
    public override var needsConfirmation: Bool { confirms }

    public override func matches() -> Bool {
        for scorer in confirming where !scorer.matches() { return false }
        return true
    }

    public override func next() -> Int { align(all[0].next()) }

    public override func advance(to target: Int) -> Int { align(all[0].advance(to: target)) }

    private func align(_ first: Int) -> Int {
        var candidate = first
        search: while candidate != noMoreDocuments {
            for i in 1..<max(1, all.count) {
                var at = all[i].document
                if at < candidate { at = all[i].advance(to: candidate) }
                if at > candidate {
                    candidate = all[0].advance(to: at)
                    continue search
                }
            }
            break
        }
        document = candidate
        return candidate
    }

    public override func score() -> Float {
        var sum = 0.0
        for scorer in scoring { sum += Double(scorer.score()) }
        return Float(sum)
    }

    public override func collect(in segment: Segment, into collector: TopDocumentsCollector) {
        let filters = all.filter { filter in !scoring.contains { $0 === filter } }
        var terms: [TermScorer]?
        var mode = PrunedSearch.Mode.all
        if scoring.count == 1, let disjunction = scoring[0] as? DisjunctionScorer {
            terms = disjunction.terms
            mode = .any
        } else if scoring.count <= 64 {
            terms = scoring.compactMap { $0 as? TermScorer }
            if terms!.count < scoring.count { terms = nil }
        }
        // Few filtered documents are better looked up one by one.
        guard let terms, !terms.isEmpty, filters.isEmpty || filters[0].cost > segment.documentCount / 256 else {
            return super.collect(in: segment, into: collector)
        }
        var accepted: DocumentSet?
        for filter in filters {
            let set = filter.matches(in: segment)
            if accepted == nil { accepted = set } else { accepted!.formIntersection(set) }
        }
        PrunedSearch(terms, mode, in: segment, accepted: accepted, into: collector).run()
    }

    public override func advanceShallow(to target: Int) -> Int {
        var end = noMoreDocuments
        for scorer in scoring { end = min(end, scorer.advanceShallow(to: target)) }
        return end
    }

    public override func maxScore(upTo document: Int) -> Float {
        var sum = 0.0
        for scorer in scoring { sum += Double(scorer.maxScore(upTo: document)) }
        return Float(sum)
    }
}

/// Documents of one scorer that another does not match.
public final class ExclusionScorer: Scorer {
    private let inner: Scorer
    private let excluded: Scorer

    /// - Parameter excluded: what must not match.
    public init(_ inner: Scorer, excluding excluded: Scorer) {
        self.inner = inner
        self.excluded = excluded
    }

    public override var cost: Int { inner.cost }
    public override var needsConfirmation: Bool { true }

    public override func matches() -> Bool {
        (!inner.needsConfirmation || inner.matches()) && !excluded.isMatch(at: document)
    }

    public override func next() -> Int {
        document = inner.next()
        return document
    }

    public override func advance(to target: Int) -> Int {
        document = inner.advance(to: target)
        return document
    }

    public override func score() -> Float { inner.score() }
    public override func advanceShallow(to target: Int) -> Int { inner.advanceShallow(to: target) }
    public override func maxScore(upTo document: Int) -> Float { inner.maxScore(upTo: document) }
    public override func raiseMinimum(to score: Float) { inner.raiseMinimum(to: score) }
}

/// Documents of a required scorer; where an optional one matches too, its score is added.
public final class RequiredOptionalScorer: Scorer {
    private let required: Scorer
    private let optional: Scorer

    /// - Parameter optional: what adds to the score.
    public init(_ required: Scorer, optional: Scorer) {
        self.required = required
        self.optional = optional
    }

    public override var cost: Int { required.cost }
    public override var needsConfirmation: Bool { required.needsConfirmation }
    public override func matches() -> Bool { required.matches() }

    public override func next() -> Int {
        document = required.next()
        return document
    }

    public override func advance(to target: Int) -> Int {
        document = required.advance(to: target)
        return document
    }

    public override func score() -> Float {
        let score = required.score()
        return optional.isMatch(at: document) ? score + optional.score() : score
    }

    public override func advanceShallow(to target: Int) -> Int {
        min(required.advanceShallow(to: target), optional.advanceShallow(to: target))
    }

    public override func maxScore(upTo document: Int) -> Float {
        required.maxScore(upTo: document) + optional.maxScore(upTo: document)
    }
}
