import Tensors

/// How many multiplications a search with such vectors takes, smoothed: the sum over columns of the squared mean.
///
/// Paria et al. 2020, https://arxiv.org/abs/2004.05665. With a threshold, rows with as few places count as zero (the L0 mask of
/// https://arxiv.org/abs/2504.14839): vectors that are sparse enough are left alone. Equal to sentence-transformers' `FlopsLoss`.
struct FlopsRegularizer {
    private let columns: [MatrixView]
    private let isCounted: [[Bool]]
    private let means: [Double]
    private let rows: Int

    /// - Parameter threshold: rows with at most this many places that are not zero count as zero; nil counts all.
    init(_ columns: [MatrixView], threshold: Int?) {
        self.columns = columns
        var sums = [Double](repeating: 0, count: columns[0].columns)
        var isCounted: [[Bool]] = []
        for column in columns {
            isCounted.append(
                (0..<column.rows).map { row in
                    let values = column[row]
                    let counts = threshold.map { limit in values.count { $0 != 0 } > limit } ?? true
                    guard counts else { return false }
                    for (index, value) in values.enumerated() where value != 0 { sums[index] += Double(value) }
                    return true
                })
        }
        let rows = columns.reduce(0) { $0 + $1.rows }
        self.isCounted = isCounted
        self.rows = rows
        means = sums.map { $0 / Double(rows) }
    }

    /// The regulariser.
    var value: Double { means.reduce(0) { $0 + $1 * $1 } }

    /// Adds `weight` times the derivatives to the gradients of the columns.
    func addDerivatives(weight: Double, to gradients: [MatrixView]) {
        for (column, gradient) in gradients.enumerated() {
            for row in 0..<gradient.rows where isCounted[column][row] {
                let values = gradient[row]
                for (index, mean) in means.enumerated() where mean != 0 {
                    values[index] = Float(Double(values[index]) + weight * 2 * mean / Double(rows))
                }
            }
        }
    }
}
