public import Tensors

/// Each query's positive has to be nearer than its negative, by a margin.
///
/// The mean over rows of `max(0, distance(query, positive) - distance(query, negative) + margin)`. Equal to sentence-transformers'
/// `TripletLoss`. Its standard margin of 5 suits Euclidean distances of long vectors; with the cosine, 0.1 to 0.5 make sense.
public struct Triplet: EmbeddingLoss {
    /// How far two vectors are from each other.
    public enum Distance: String, Sendable, Hashable, CaseIterable {
        /// The length of the difference.
        case euclidean
        /// 1 - cosine.
        case cosine
        /// The sum of absolute differences.
        case manhattan
    }

    /// The short name.
    public var name: String { "triplet" }
    /// How far two vectors are from each other.
    public var distance: Distance
    /// By how much the negative has to be farther.
    public var margin: Double

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(distance: Distance = .euclidean, margin: Double = 5) {
        self.distance = distance
        self.margin = margin
    }

    /// Queries, positives and one negative each.
    public var input: LossInput { LossInput(documents: 2...2, labels: .none) }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        let measure: PairMeasure =
            switch distance {
            case .euclidean: .euclidean(shift: 0)
            case .cosine: .cosine(smallest: 1e-12)
            case .manhattan: .manhattan(shift: 0)
            }
        // A cosine is a nearness: its difference has the other sign.
        let sign: Double = distance == .cosine ? -1 : 1
        let scores = PairScores(batch, measure)
        let rows = Double(scores.rows)
        var derivatives = [Double](repeating: 0, count: scores.values.count)
        var total = 0.0
        for row in 0..<scores.rows {
            let (positive, negative) = (scores.values[2 * row], scores.values[2 * row + 1])
            let excess = sign * (positive - negative) + margin
            guard excess > 0 else { continue }
            total += excess
            derivatives[2 * row] = sign / rows
            derivatives[2 * row + 1] = -sign / rows
        }
        scores.writeGradients(from: derivatives, to: gradients)
        return LossValue(total / rows)
    }
}
