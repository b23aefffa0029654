public import Tensors

/// The squared difference between the margin of the first document's logit over each negative's and the teacher's.
///
/// The mean over rows and negatives of `(logit(first) - logit(negative) - margin)^2` (Hofstätter et al. 2020,
/// https://arxiv.org/abs/2010.02666); labels as for `MarginMSE`. Equal to sentence-transformers' `MarginMSELoss` for cross-encoders.
public struct LogitMarginMSE: LogitLoss {
    /// The short name.
    public var name: String { "margin-mse" }
    /// What is applied to logits.
    public var activation: LogitActivation

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(activation: LogitActivation = .identity) {
        self.activation = activation
    }

    /// Queries, two documents or more, the teacher's margins or scores.
    public var input: LossInput { LossInput(documents: 2...Int.max, labels: .margins) }

    /// The loss of a batch; see `LogitLoss`.
    public func evaluate(_ batch: LogitBatch, gradient: MatrixView?) -> LossValue {
        let logits = ActivatedLogits(batch.logits, activation)
        var derivatives = [Double](repeating: 0, count: logits.values.count)
        let share = 1 / Double(logits.values.count - batch.groups.count)
        var total = 0.0
        for (index, group) in batch.groups.enumerated() {
            let margins = TeacherMargins.of(batch.labels(of: index), documents: group.count)
            let first = group.lowerBound
            for (negative, margin) in zip(group.dropFirst(), margins) {
                let difference = logits.values[first] - logits.values[negative] - margin
                total += difference * difference * share
                derivatives[first] += 2 * difference * share
                derivatives[negative] -= 2 * difference * share
            }
        }
        logits.writeGradient(derivatives, to: gradient)
        return LossValue(total)
    }
}
