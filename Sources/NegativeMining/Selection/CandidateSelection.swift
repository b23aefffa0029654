import RandomNumbers

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Decides which candidates of one query become its negatives, by scores alone.
///
/// As sentence-transformers 6.2 does: margins are taken from the lowest positive; ranks count what the filters left.
package struct CandidateSelection {
    /// Places of the negatives in the list of candidates: by score descending, then by place.
    package let chosen: [Int]
    /// Why each of the others was dropped; nil for the chosen.
    package let reasons: [DropReason?]
    /// How many candidates passed all filters, before ranks and number.
    package let admissible: Int

    /// - Parameters:
    ///   - scores: one for each candidate, which stand in the order that ties follow.
    ///   - dropped: what was found of each candidate before; nil where nothing speaks against it.
    ///   - positives: the scores of the query's positives, at least one.
    ///   - key: of the query, for random choices.
    package init(scores: [Float], dropped: [DropReason?], positives: [Float], options: MiningOptions, key: UInt64) {
        precondition(scores.count == dropped.count, "a decision for each candidate")
        let filter = ScoreFilter(positives: positives, options: options)
        var reasons = zip(scores, dropped).map { score, reason in reason ?? filter.reason(score) }
        let left = scores.indices.filter { reasons[$0] == nil }
            .sorted { (scores[$0], -$0) > (scores[$1], -$1) }
        admissible = left.count
        let window = left.prefix(options.rangeMax ?? .max).dropFirst(options.rangeMin)
        for place in left.prefix(options.rangeMin) { reasons[place] = .rangeMin }
        for place in left.dropFirst(max(options.rangeMin, options.rangeMax ?? .max)) { reasons[place] = .rangeMax }
        for place in window { reasons[place] = .notChosen }
        switch options.sampling {
        case .top: chosen = Array(window.prefix(options.negatives))
        case .random(let seed):
            var random = SplitMix(seed: seed, key: key)
            let picks = random.sample(options.negatives, below: window.count)
            chosen = picks.sorted().map { window[window.startIndex + $0] }
        case .spread(let seed):
            var random = SplitMix(seed: seed, key: key)
            let picks = Self.runs(min(options.negatives, window.count), of: window.count).map { run in
                run.lowerBound + random.below(run.count)
            }
            chosen = picks.map { window[window.startIndex + $0] }
        }
        for place in chosen { reasons[place] = nil }
        self.reasons = reasons
    }

    /// Cuts ranks into runs whose ends grow by the same factor as far as whole ranks allow; none is empty.
    private static func runs(_ count: Int, of ranks: Int) -> [Range<Int>] {
        var start = 0
        return (0..<count).map { run in
            let remaining = count - run
            // Of what is left, the factor that leads to the last rank in as many steps; a run leaves a rank for each that follows.
            let end = Double(start + 1) * pow(Double(ranks + 1) / Double(start + 1), 1 / Double(remaining)) - 1
            let range = start..<min(max(start + 1, Int(end.rounded())), ranks - (remaining - 1))
            start = range.upperBound
            return range
        }
    }
}

/// The bounds of scores for one query.
private struct ScoreFilter {
    let lowestPositive: Float
    let options: MiningOptions

    init(positives: [Float], options: MiningOptions) {
        lowestPositive = positives.min() ?? .infinity
        self.options = options
    }

    func reason(_ score: Float) -> DropReason? {
        if let margin = options.absoluteMargin, score + margin > lowestPositive { return .absoluteMargin }
        if let margin = options.relativeMargin, score > lowestPositive - abs(lowestPositive) * margin {
            return .relativeMargin
        }
        if let highest = options.maximumScore, score > highest { return .maximumScore }
        if let lowest = options.minimumScore, score < lowest { return .minimumScore }
        return nil
    }
}
