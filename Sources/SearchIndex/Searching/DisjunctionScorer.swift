/// Documents that match some of several scorers.
///
/// The score is the sum of those that match, or their maximum with a part of the others (`dis_max`).
public final class DisjunctionScorer: Scorer {
    /// How scores are put together.
    public enum Combination: Sendable {
        /// The sum, as of a `bool` query's `should`.
        case sum
        /// The highest, plus the others' times the tie breaker.
        case maximum(tieBreaker: Float)
    }

    private let scorers: [Scorer]
    private let minimumMatches: Int
    private let combination: Combination
    private let confirms: Bool
    private var matching: [Scorer] = []

    /// - Parameter minimumMatches: how many must match (`minimum_should_match`), at least 1.
    public init(_ scorers: [Scorer], minimumMatches: Int = 1, combination: Combination = .sum) {
        self.scorers = scorers
        self.minimumMatches = max(1, minimumMatches)
        self.combination = combination
        confirms = self.minimumMatches > 1 || scorers.contains(where: \.needsConfirmation)
        matching.reserveCapacity(scorers.count)
    }

    public override var cost: Int { scorers.reduce(0) { $0 + $1.cost } }
    public override var needsConfirmation: Bool { confirms }

    public override func advance(to target: Int) -> Int {
        var nearest = noMoreDocuments
        for scorer in scorers {
            nearest = min(nearest, scorer.document >= target ? scorer.document : scorer.advance(to: target))
        }
        document = nearest
        matching.removeAll(keepingCapacity: true)
        if !confirms {
            for scorer in scorers where scorer.document == nearest { matching.append(scorer) }
        }
        return nearest
    }

    public override func matches() -> Bool {
        guard confirms else { return true }
        matching.removeAll(keepingCapacity: true)
        for scorer in scorers where scorer.document == document {
            if !scorer.needsConfirmation || scorer.matches() { matching.append(scorer) }
        }
        return matching.count >= minimumMatches
    }

    public override func score() -> Float {
        switch combination {
        case .sum:
            var sum = 0.0
            for scorer in matching { sum += Double(scorer.score()) }
            return Float(sum)
        case .maximum(let tieBreaker):
            var highest: Float = 0, others = 0.0
            for scorer in matching {
                let score = scorer.score()
                if score >= highest {
                    others += Double(highest)
                    highest = score
                } else {
                    others += Double(score)
                }
            }
            return Float(Double(highest) + others * Double(tieBreaker))
        }
    }

    /// The terms, where this is a plain sum of terms.
    var terms: [TermScorer]? {
        guard case .sum = combination, minimumMatches == 1, scorers.count <= 64 else { return nil }
        var terms: [TermScorer] = []
        for scorer in scorers {
            guard let term = scorer as? TermScorer, term.document < 0 else { return nil }
            terms.append(term)
        }
        return terms
    }

    public override func collect(in segment: Segment, into collector: TopDocumentsCollector) {
        guard let terms else { return super.collect(in: segment, into: collector) }
        PrunedSearch(terms, .any, in: segment, accepted: nil, into: collector).run()
    }

    public override func advanceShallow(to target: Int) -> Int {
        var end = noMoreDocuments
        for scorer in scorers { end = min(end, scorer.advanceShallow(to: target)) }
        return end
    }

    public override func maxScore(upTo document: Int) -> Float {
        var highest: Float = 0, sum = 0.0
        for scorer in scorers {
            let bound = scorer.maxScore(upTo: document)
            highest = max(highest, bound)
            sum += Double(bound)
        }
        switch combination {
        case .sum: return Float(sum)
        case .maximum(let tieBreaker):
            return sum.isFinite
                ? Float(Double(highest) + (sum - Double(highest)) * Double(tieBreaker)).nextUp : .infinity
        }
    }
}
