#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import Tensors

/// Which of several classes a pair belongs to.
///
/// The mean over pairs of `-log softmax(logits)[label]`. Equal to sentence-transformers' `CrossEntropyLoss`.
public struct CrossEntropy: LogitLoss {
    /// The short name.
    public var name: String { "cross-entropy" }

    /// Makes the loss.
    public init() {}

    /// Queries and any number of documents, each with the number of its class.
    public var input: LossInput { .labelledList }

    /// One logit for each class.
    public var logits: ClosedRange<Int> { 2...Int.max }

    /// Labels are numbers of classes, counted from 0.
    public func check(labels: [Float], logits: Int) throws(LossError) {
        guard let wrong = labels.first(where: { $0 != $0.rounded() || $0 < 0 || $0 >= Float(logits) }) else { return }
        throw LossError(
            .wrongLabels, loss: name, reason: "a label is \(wrong)",
            advice: "Labels are the numbers of classes, from 0 to \(logits - 1)")
    }

    /// The loss of a batch; see `LogitLoss`.
    public func evaluate(_ batch: LogitBatch, gradient: MatrixView?) -> LossValue {
        let pairs = Double(batch.logits.rows)
        var total = 0.0
        for (row, label) in batch.labels.joined().enumerated() {
            let logarithms = LogSumExp.logSoftmax(batch.logits[row].map { Double($0) })
            total -= logarithms[Int(label)]
            guard let target = gradient?[row] else { continue }
            for (index, logarithm) in logarithms.enumerated() {
                target[index] = Float((exp(logarithm) - (index == Int(label) ? 1 : 0)) / pairs)
            }
        }
        return LossValue(total / pairs)
    }
}
