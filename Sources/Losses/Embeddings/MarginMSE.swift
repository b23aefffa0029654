public import Tensors

/// The squared difference between the student's margin of the first document over each negative and the teacher's.
///
/// The mean over rows and negatives of `(s(query, first) - s(query, negative) - margin)^2` (Hofstätter et al. 2020,
/// https://arxiv.org/abs/2010.02666). Labels are margins, or the teacher's scores of all documents, whose differences are taken. Teachers'
/// raw scores span more than a cosine can: with the dot product, vectors should not be of length 1.
/// Equal to sentence-transformers' `MarginMSELoss` and `SparseMarginMSELoss`.
public struct MarginMSE: EmbeddingLoss {
    /// The short name.
    public var name: String { "margin-mse" }
    /// How vectors are compared.
    public var similarity: Similarity

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(similarity: Similarity = .dot) {
        self.similarity = similarity
    }

    /// Queries, two documents or more, the teacher's margins or scores.
    public var input: LossInput { LossInput(documents: 2...Int.max, labels: .margins) }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        let scores = PairScores(batch, PairMeasure(similarity))
        var derivatives = [Double](repeating: 0, count: scores.values.count)
        var total = 0.0
        let share = 1 / Double(scores.rows * (scores.documents - 1))
        for row in 0..<scores.rows {
            let values = Array(scores.row(row))
            let labels = batch.labels.map { Array($0[row]) } ?? []
            let margins = TeacherMargins.of(labels, documents: values.count)
            for negative in 1..<values.count {
                let difference = values[0] - values[negative] - margins[negative - 1]
                total += difference * difference * share
                derivatives[row * values.count] += 2 * difference * share
                derivatives[row * values.count + negative] -= 2 * difference * share
            }
        }
        scores.writeGradients(from: derivatives, to: gradients)
        return LossValue(total)
    }
}

/// What a teacher says about a row's negatives.
enum TeacherMargins {
    /// By how much the first document is better than each other, from margins or from the scores of all documents.
    static func of(_ labels: [Float], documents: Int) -> [Double] {
        labels.count == documents
            ? labels.dropFirst().map { Double(labels[0]) - Double($0) } : labels.map { Double($0) }
    }
}
