#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import Tensors

/// Pairs of texts with a higher label have to be more alike than those with a lower one.
///
/// `log(1 + sum of e^(scale * (s(lower) - s(higher))))` over all two rows of the batch with different labels. With the cosine, CoSENT; with
/// the angle, AnglE (Li & Li 2023, https://arxiv.org/abs/2309.12871), which also takes negatives instead of labels:
/// they count as pairs with one minus the row's label, which is 1 unless given.
/// Equal to sentence-transformers' `CoSENTLoss`, `SparseCoSENTLoss` and `AnglELoss`. Complexity: O(B D + B^2).
public struct PairOrder: EmbeddingLoss {
    /// How two texts are compared.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        /// The cosine.
        case cosine
        /// AnglE's angle of complex numbers.
        case angle
    }

    /// How two texts are compared.
    public var comparison: Comparison
    /// What similarities are multiplied by.
    public var scale: Double

    /// Makes the loss; without arguments, sentence-transformers' `CoSENTLoss`.
    public init(comparison: Comparison = .cosine, scale: Double = 20) {
        self.comparison = comparison
        self.scale = scale
    }

    /// The short name.
    public var name: String { comparison == .cosine ? "cosent" : "angle" }

    /// Two texts and a label; with the angle, also queries, positives and negatives.
    public var input: LossInput {
        comparison == .cosine
            ? LossInput(documents: 1...1, labels: .one)
            : LossInput(documents: 1...Int.max, labels: .oneUnlessNegatives)
    }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        let scores = PairScores(batch, comparison == .cosine ? .cosine(smallest: 1e-12) : .angle)
        var labels: [Double] = []
        for row in 0..<scores.rows {
            let label = batch.labels.map { Double($0[row, 0]) } ?? 1
            labels.append(label)
            labels.append(contentsOf: repeatElement(1 - label, count: scores.documents - 1))
        }
        let values = scores.values.map { scale * $0 }
        // Besides the pairs' terms there is e^0.
        var largest = 0.0
        func forEachPair(_ body: (_ lower: Int, _ higher: Int) -> Void) {
            for lower in values.indices {
                for higher in values.indices where labels[lower] < labels[higher] { body(lower, higher) }
            }
        }
        forEachPair { largest = max(largest, values[$0] - values[$1]) }
        var sum = exp(-largest)
        forEachPair { sum += exp(values[$0] - values[$1] - largest) }
        if !gradients.isEmpty {
            var derivatives = [Double](repeating: 0, count: values.count)
            forEachPair { lower, higher in
                let share = scale * exp(values[lower] - values[higher] - largest) / sum
                derivatives[lower] += share
                derivatives[higher] -= share
            }
            scores.writeGradients(from: derivatives, to: gradients)
        }
        return LossValue(largest + log(sum))
    }
}
