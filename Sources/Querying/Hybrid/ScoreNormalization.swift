/// Makes the scores of one query comparable with another's: the `normalization` of a `normalization-processor`.
///
/// The formulas are those of OpenSearch's plug-in neural-search, in single precision as there.
public enum ScoreNormalization: Sendable, Hashable {
    /// `(s - min) / (max - min)`, with a bound for each query or none.
    case minMax(lowerBounds: [ScoreBound], upperBounds: [ScoreBound])
    /// `s / sqrt(sum of s²)`.
    case l2
    /// `(s - mean) / standard deviation`, where positive.
    case zScore

    /// What a score of zero becomes, so that a hit of a query differs from no hit.
    static let least: Float = 0.001

    /// OpenSearch's name.
    public var name: String {
        switch self {
        case .minMax: "min_max"
        case .l2: "l2"
        case .zScore: "z_score"
        }
    }

    /// The normalised scores, in the order of the scores.
    ///
    /// - Parameters:
    ///   - scores: All scores that were collected for a query, over all indices.
    ///   - query: Which query of the hybrid query it is: the place of its bounds.
    public func normalized(_ scores: [Float], query: Int) -> [Float] {
        // A score that is no number says nothing about the others.
        guard let first = scores.first(where: { !$0.isNaN }) else { return scores.map { _ in Self.least } }
        let lowest = scores.reduce(first) { $1 < $0 ? $1 : $0 }
        let highest = scores.reduce(first) { $1 > $0 ? $1 : $0 }
        switch self {
        // OpenSearch's largest score begins at the least positive number: queries without scores do not rank on top.
        case .minMax(let lowerBounds, let upperBounds):
            let lower = query < lowerBounds.count ? lowerBounds[query] : nil
            let upper = query < upperBounds.count ? upperBounds[query] : nil
            let range = lowest...max(highest, .leastNonzeroMagnitude)
            return scores.map { Self.minMax($0, in: range, lower, upper) }
        case .l2:
            let norm = scores.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            return scores.map { norm == 0 ? 0 : $0 / norm }
        case .zScore:
            let (mean, deviation) = Self.moments(scores)
            return scores.map { score in
                if score == mean { return highest }
                if deviation == 0 { return lowest }
                let normalized = (score - mean) / deviation
                return normalized <= 0 ? Self.least : normalized
            }
        }
    }

    private static func minMax(
        _ score: Float, in range: ClosedRange<Float>, _ lower: ScoreBound?, _ upper: ScoreBound?
    ) -> Float {
        if range.lowerBound == range.upperBound { return 1 }
        let lowest = lower?.lowest(score, in: range) ?? range.lowerBound
        let highest = upper?.highest(score, in: range) ?? range.upperBound
        if let lower, lower.mode == .clip, score < lowest { return least }
        if let upper, upper.mode == .clip, score > highest { return 1 }
        if lowest == highest { return 1 }
        let normalized = (score - lowest) / (highest - lowest)
        return normalized == 0 ? least : normalized
    }

    /// Mean and sample standard deviation (`n - 1`; 0 for one value).
    private static func moments(_ scores: [Float]) -> (mean: Float, deviation: Float) {
        let mean = scores.reduce(0.0) { $0 + Double($1) } / Double(scores.count)
        guard scores.count > 1 else { return (Float(mean), 0) }
        let squares = scores.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (Float(mean), Float((squares / Double(scores.count - 1)).squareRoot()))
    }
}
