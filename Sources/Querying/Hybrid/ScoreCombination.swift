#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes one score of a document's normalised scores: the `combination` of a `normalization-processor`.
public enum ScoreCombination: String, Sendable, Hashable, CaseIterable {
    /// The weighted mean; a query that did not find the document counts as 0.
    case arithmeticMean = "arithmetic_mean"
    /// The weighted geometric mean of the scores above 0.
    case geometricMean = "geometric_mean"
    /// The weighted harmonic mean of the scores above 0.
    case harmonicMean = "harmonic_mean"

    /// The score of a document.
    ///
    /// - Parameters:
    ///   - scores: One for each query; `nil` where the query did not find the document.
    ///   - weights: One for each query; empty: all 1.
    public func combined(_ scores: [Float?], weights: [Float]) -> Float {
        var sum: Float = 0
        var total: Float = 0
        for (i, score) in scores.enumerated() {
            let weight = i < weights.count ? weights[i] : 1
            switch self {
            case .arithmeticMean:
                total += weight
                sum += weight * (score ?? 0)
            case .geometricMean:
                guard let score, score > 0 else { continue }
                total += weight
                sum = Float(Double(sum) + Double(weight) * log(Double(score)))
            case .harmonicMean:
                guard let score, score > 0 else { continue }
                total += weight
                sum += weight / score
            }
        }
        if total == 0 { return 0 }
        switch self {
        case .arithmeticMean: return sum / total
        case .geometricMean: return Float(exp(Double(sum / total)))
        case .harmonicMean: return sum > 0 ? total / sum : 0
        }
    }
}
