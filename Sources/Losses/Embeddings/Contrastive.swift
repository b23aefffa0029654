public import Tensors

/// Pairs with label 1 are pulled together, pairs with label 0 pushed apart until they are a margin away.
///
/// The mean over rows of `(y d^2 + (1 - y) max(0, margin - d)^2) / 2` (Hadsell et al. 2006,
/// https://doi.org/10.1109/CVPR.2006.100). Equal to sentence-transformers' `ContrastiveLoss`, whose distances are PyTorch's: the cosine takes
/// lengths of at least 1e-8, the others add 1e-6 to each difference.
public struct Contrastive: EmbeddingLoss {
    /// The short name.
    public var name: String { "contrastive" }
    /// How far two vectors are from each other.
    public var distance: Triplet.Distance
    /// Where pairs with label 0 are far enough from each other.
    public var margin: Double

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(distance: Triplet.Distance = .cosine, margin: Double = 0.5) {
        self.distance = distance
        self.margin = margin
    }

    /// Two texts, and whether they belong together: 0 to 1.
    public var input: LossInput { LossInput(documents: 1...1, labels: .one) }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        let measure: PairMeasure =
            switch distance {
            case .euclidean: .euclidean(shift: 1e-6)
            case .cosine: .cosine(smallest: 1e-8)
            case .manhattan: .manhattan(shift: 1e-6)
            }
        let scores = PairScores(batch, measure)
        let rows = Double(scores.rows)
        var derivatives: [Double] = []
        var total = 0.0
        for row in 0..<scores.rows {
            let label = batch.labels.map { Double($0[row, 0]) } ?? 0
            let far = distance == .cosine ? 1 - scores.values[row] : scores.values[row]
            let near = max(0, margin - far)
            total += 0.5 * (label * far * far + (1 - label) * near * near)
            let derivative = (label * far - (1 - label) * near) / rows
            derivatives.append(distance == .cosine ? -derivative : derivative)
        }
        scores.writeGradients(from: derivatives, to: gradients)
        return LossValue(total / rows)
    }
}
