public import Tensors

/// The logits of a batch of pairs, grouped by query.
public struct LogitBatch: Sendable {
    /// One row for each pair of a query and a document: [pairs][logits].
    public var logits: MatrixView
    /// The pairs of each query, one range behind the other, positive first where the loss knows positives.
    public var groups: [Range<Int>]
    /// The labels of each group; empty for none.
    public var labels: [[Float]]

    /// Describes a batch.
    public init(_ logits: MatrixView, groups: [Range<Int>], labels: [[Float]] = []) {
        self.logits = logits
        self.groups = groups
        self.labels = labels
    }

    /// Whether no number is infinite or NaN.
    var isFinite: Bool { Kernels.active.allFinite(logits) && labels.allSatisfy { $0.allSatisfy(\.isFinite) } }

    /// The labels of one group.
    func labels(of group: Int) -> [Float] { labels.isEmpty ? [] : labels[group] }

    /// Whether the loss can be computed.
    func check(for loss: any LogitLoss, gradient: MatrixView?) throws(LossError) {
        func mismatch(_ reason: String) -> LossError {
            LossError(
                .wrongShape, loss: loss.name, reason: reason,
                advice: "Groups name all rows of the logits in their order, and labels belong to groups")
        }
        guard loss.logits.contains(logits.columns) else {
            throw LossError(
                .wrongShape, loss: loss.name, reason: "the model gives \(logits.columns) logits for a pair",
                advice: loss.logits.upperBound == 1
                    ? "Train a model with one label" : "Train a model with two labels or more")
        }
        var end = 0
        for group in groups {
            guard group.lowerBound == end else { throw mismatch("group \(group) does not begin at row \(end)") }
            end = group.upperBound
        }
        guard end > 0, end == logits.rows else { throw mismatch("the groups name \(end) of \(logits.rows) rows") }
        guard labels.isEmpty || labels.count == groups.count else {
            throw mismatch("there are labels for \(labels.count) of \(groups.count) groups")
        }
        for (index, group) in groups.enumerated() {
            try loss.input.check(documents: group.count, labels: labels(of: index).count, loss: loss.name)
            try loss.check(labels: labels(of: index), logits: logits.columns)
            guard loss.input.allowsUnequalRows || group.count == groups[0].count else {
                throw LossError(
                    .wrongColumns, loss: loss.name,
                    reason: "one row has \(groups[0].count) documents, another \(group.count)",
                    advice: "Rows of a batch need the same number of documents")
            }
        }
        if let gradient, gradient.rows != logits.rows || gradient.columns != logits.columns {
            throw mismatch(
                "the gradient is \(gradient.rows) x \(gradient.columns), the logits are \(logits.rows) x \(logits.columns)"
            )
        }
    }
}
