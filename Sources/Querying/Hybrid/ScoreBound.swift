/// A bound of one query's scores for the technique `min_max`.
public struct ScoreBound: Sendable, Hashable {
    /// What the bound does.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// It takes the place of the smallest or largest score, for scores on its inner side.
        case apply
        /// It takes their place for all, and scores beyond it are cut off.
        case clip
        /// It is as if there were none.
        case ignore
    }

    /// What the bound does.
    public var mode: Mode
    /// Where it is.
    public var score: Float

    /// OpenSearch takes bounds between -10,000 and 10,000.
    public static let allowed: ClosedRange<Float> = -10_000...10_000

    /// Makes a bound.
    public init(mode: Mode = .apply, score: Float) {
        self.mode = mode
        self.score = score
    }

    /// Where the range begins for a score.
    func lowest(_ score: Float, in range: ClosedRange<Float>) -> Float {
        switch mode {
        case .apply: range.upperBound > self.score && score > self.score ? self.score : range.lowerBound
        case .clip: range.upperBound < self.score ? range.lowerBound : self.score
        case .ignore: range.lowerBound
        }
    }

    /// Where the range ends for a score.
    func highest(_ score: Float, in range: ClosedRange<Float>) -> Float {
        switch mode {
        case .apply: range.lowerBound < self.score && score < self.score ? self.score : range.upperBound
        case .clip: range.lowerBound > self.score ? range.upperBound : self.score
        case .ignore: range.upperBound
        }
    }
}
