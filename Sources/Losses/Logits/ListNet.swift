#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import Tensors

/// The distribution of a query's logits over its documents against that of the labels.
///
/// The mean over queries of the cross entropy between softmax(labels) and softmax(logits) (Cao et al. 2007,
/// https://doi.org/10.1145/1273496.1273513). Queries may have different numbers of documents. Equal to sentence-transformers' `ListNetLoss`.
public struct ListNet: LogitLoss {
    /// The short name.
    public var name: String { "listnet" }
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
        let groups = Double(batch.groups.count)
        var total = 0.0
        var derivatives: [Double] = []
        for (index, group) in batch.groups.enumerated() {
            let student = LogSumExp.logSoftmax(Array(logits.values[group]))
            let target = LogSumExp.logSoftmax(batch.labels(of: index).map { Double($0) })
            for (q, p) in zip(student, target) {
                total -= exp(p) * q
                derivatives.append((exp(q) - exp(p)) / groups)
            }
        }
        logits.writeGradient(derivatives, to: gradient)
        return LossValue(total / groups)
    }
}
