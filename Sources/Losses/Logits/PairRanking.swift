#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import Tensors

/// A query's positive against negatives that were scored with it: cross entropy over the group.
///
/// The mean over groups of `log(sum of e^candidate) - positive`, a candidate being the scaled and activated logit. The negatives are documents of
/// other rows, which `candidates` draws, and the row's own. Equal to sentence-transformers' `MultipleNegativesRankingLoss` for cross-encoders.
public struct PairRanking: LogitLoss {
    /// The short name.
    public var name: String { "ce-mnrl" }
    /// Documents of other rows that each query is scored with; nil for all.
    public var negatives: Int?
    /// What activated logits are multiplied by.
    public var scale: Double
    /// What is applied to logits.
    public var activation: LogitActivation

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(negatives: Int? = 4, scale: Double = 10, activation: LogitActivation = .sigmoid) {
        self.negatives = negatives
        self.scale = scale
        self.activation = activation
    }

    /// Queries, positives, and perhaps negatives.
    public var input: LossInput { LossInput(documents: 1...Int.max, labels: .none) }

    /// The documents that each query of a batch is to be scored with, positive first: the groups of the loss.
    ///
    /// Behind the positive come documents of other rows, without repetition, then the row's own negatives. Documents are numbered column by
    /// column: row i of document column c is c * rows + i.
    ///
    /// - Parameters:
    ///   - rows: rows of the batch.
    ///   - documents: documents of each row.
    ///   - generator: draws the documents of other rows, where there are more than `negatives`.
    public func candidates(
        rows: Int, documents: Int, using generator: inout some RandomNumberGenerator
    ) -> [[Int]] {
        (0..<rows).map { row in
            var others = (0..<rows * documents).filter { $0 % rows != row }
            if let negatives, negatives < others.count {
                // The first steps of a Fisher-Yates shuffle.
                for place in 0..<negatives {
                    others.swapAt(place, Int.random(in: place..<others.count, using: &generator))
                }
                others.removeLast(others.count - negatives)
            }
            return [row] + others + (1..<max(documents, 1)).map { $0 * rows + row }
        }
    }

    /// The loss of a batch; see `LogitLoss`.
    public func evaluate(_ batch: LogitBatch, gradient: MatrixView?) -> LossValue {
        let logits = ActivatedLogits(batch.logits, activation)
        let groups = Double(batch.groups.count)
        var total = 0.0
        var derivatives: [Double] = []
        for group in batch.groups {
            let logarithms = LogSumExp.logSoftmax(logits.values[group].map { scale * $0 })
            total -= logarithms[0]
            for (index, logarithm) in logarithms.enumerated() {
                derivatives.append(scale * (exp(logarithm) - (index == 0 ? 1 : 0)) / groups)
            }
        }
        logits.writeGradient(derivatives, to: gradient)
        return LossValue(total / groups)
    }
}
