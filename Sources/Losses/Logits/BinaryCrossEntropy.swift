public import Tensors

/// Each pair by itself: is the document relevant or not.
///
/// The mean over pairs of `-(w y log p + (1 - y) log(1 - p))` with p the sigmoid of the logit and w the weight of positives, often the number
/// of negatives for each. Labels may lie between 0 and 1. Equal to sentence-transformers' `BinaryCrossEntropyLoss`.
public struct BinaryCrossEntropy: LogitLoss {
    /// The short name.
    public var name: String { "bce" }
    /// What positives weigh beside negatives.
    public var positiveWeight: Double

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(positiveWeight: Double = 1) {
        self.positiveWeight = positiveWeight
    }

    /// Queries and any number of documents, with a label each.
    public var input: LossInput { .labelledList }

    /// Probabilities: whatever else has no lowest loss.
    public func check(labels: [Float], logits: Int) throws(LossError) {
        guard let label = labels.first(where: { !(0...1).contains($0) }) else { return }
        throw LossError(
            .wrongLabels, loss: name, reason: "the label \(label) is not from 0 to 1",
            advice: "Scale the labels; or take mse for scores, listnet for grades, cross-entropy for classes")
    }

    /// The loss of a batch; see `LogitLoss`.
    public func evaluate(_ batch: LogitBatch, gradient: MatrixView?) -> LossValue {
        let logits = ActivatedLogits(batch.logits, .identity)
        let pairs = Double(logits.values.count)
        var total = 0.0
        var derivatives: [Double] = []
        for (logit, label) in zip(logits.values, batch.labels.joined()) {
            let y = Double(label)
            let weight = (positiveWeight - 1) * y + 1
            total += (1 - y) * logit - weight * LogSumExp.logSigmoid(logit)
            derivatives.append((1 - y - weight * LogSumExp.sigmoid(-logit)) / pairs)
        }
        logits.writeGradient(derivatives, to: gradient)
        return LossValue(total / pairs)
    }
}
