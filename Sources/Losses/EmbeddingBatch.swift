public import Tensors

/// The vectors of a batch, column by column: row i of every column belongs to the same row of training data.
public struct EmbeddingBatch: Sendable {
    /// Query, positive, negatives...: each [B][D], all of one shape.
    public var columns: [MatrixView]
    /// The labels of the rows, [B][n], or nil for none.
    public var labels: MatrixView?
    /// The same texts' vectors by another model, [B][any width], for a loss that `needsGuide`.
    public var guide: [MatrixView]

    /// Describes a batch.
    public init(_ columns: [MatrixView], labels: MatrixView? = nil, guide: [MatrixView] = []) {
        self.columns = columns
        self.labels = labels
        self.guide = guide
    }

    /// Rows of training data: B.
    public var rows: Int { columns.first?.rows ?? 0 }

    /// Columns of a vector: D.
    public var width: Int { columns.first?.columns ?? 0 }

    /// Whether no number is infinite or NaN.
    var isFinite: Bool {
        let kernels = Kernels.active
        return columns.allSatisfy { kernels.allFinite($0) } && labels.map { kernels.allFinite($0) } ?? true
            && guide.allSatisfy { kernels.allFinite($0) }
    }

    /// Whether the loss can be computed.
    func check(for loss: any EmbeddingLoss, gradients: [MatrixView]) throws(LossError) {
        func mismatch(_ reason: String) -> LossError {
            LossError(
                .wrongShape, loss: loss.name, reason: reason,
                advice: "All columns need one vector for each row of training data, of the same width")
        }
        guard rows > 0, width > 0 else { throw mismatch("the batch has \(rows) rows of \(width) values") }
        for (index, column) in columns.enumerated() where column.rows != rows || column.columns != width {
            throw mismatch("column \(index) is \(column.rows) x \(column.columns), column 0 is \(rows) x \(width)")
        }
        try loss.input.check(documents: columns.count - 1, labels: labels?.columns ?? 0, loss: loss.name)
        try loss.check(width: width)
        if let labels, labels.rows != rows { throw mismatch("there are labels for \(labels.rows) of \(rows) rows") }
        if loss.needsGuide {
            guard guide.count == columns.count, guide.allSatisfy({ $0.rows == rows && $0.columns == guide[0].columns })
            else {
                throw mismatch("the guide's vectors do not fit \(columns.count) columns of \(rows) rows")
            }
        }
        guard gradients.isEmpty || gradients.count == columns.count else {
            throw mismatch("there are \(gradients.count) gradients for \(columns.count) columns")
        }
        for (index, gradient) in gradients.enumerated() where gradient.rows != rows || gradient.columns != width {
            throw mismatch(
                "gradient \(index) is \(gradient.rows) x \(gradient.columns), the columns are \(rows) x \(width)")
        }
    }
}

extension MatrixView {
    /// Sets every element.
    func fill(_ value: Float) {
        for row in 0..<rows { self[row].update(repeating: value) }
    }
}
