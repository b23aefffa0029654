public import Tensors

/// The squared difference between a pair's logit and its label, a teacher's score.
///
/// The mean over pairs. Equal to sentence-transformers' `MSELoss` for cross-encoders.
public struct LogitMSE: LogitLoss {
    /// The short name.
    public var name: String { "mse" }
    /// What is applied to logits.
    public var activation: LogitActivation

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(activation: LogitActivation = .identity) {
        self.activation = activation
    }

    /// Queries and any number of documents, with a label each.
    public var input: LossInput { .labelledList }

    /// The loss of a batch; see `LogitLoss`.
    public func evaluate(_ batch: LogitBatch, gradient: MatrixView?) -> LossValue {
        let logits = ActivatedLogits(batch.logits, activation)
        let pairs = Double(logits.values.count)
        let differences = zip(logits.values, batch.labels.joined()).map { $0 - Double($1) }
        logits.writeGradient(differences.map { 2 * $0 / pairs }, to: gradient)
        return LossValue(differences.reduce(0) { $0 + $1 * $1 } / pairs)
    }
}
