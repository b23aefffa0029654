import Tensors

/// A layer norm whose scale and shift change.
struct NormMap: Sendable {
    let gamma, beta: ParameterView
    let epsilon: Float

    /// `y = norm(x)`; mean and inverse deviation of each row go to `statistics` [T][2].
    func forward(_ x: MatrixView, into y: MatrixView, statistics: MatrixView, workspace: Workspace) {
        workspace.kernels.layerNorm(
            x, gamma: gamma.values.base, beta: beta.values.base, epsilon: epsilon, into: y, statistics: statistics)
    }

    /// The gradient of `x`; `dX` may be `dY`.
    func backward(_ dY: MatrixView, x: MatrixView, statistics: MatrixView, into dX: MatrixView, workspace: Workspace) {
        workspace.kernels.layerNormBackward(dY, x: x, statistics: statistics, gamma: gamma.values.base, into: dX)
    }

    /// Pieces of work that add the gradients of scale and shift, for all rows of a batch.
    func gradients(of dY: MatrixView, x: MatrixView, statistics: MatrixView) -> [Piece] {
        ColumnPieces.ranges(dY.columns).map { columns in
            { worker in
                worker.workspace.kernels.addNormGradients(
                    dY, x: x, statistics: statistics, columns: columns, gamma: gamma.gradient.base,
                    beta: beta.gradient.base)
            }
        }
    }
}

/// How sums over rows are shared: by columns, cache lines of them.
enum ColumnPieces {
    static func ranges(_ columns: Int) -> [Range<Int>] {
        stride(from: 0, to: columns, by: 128).map { $0..<min($0 + 128, columns) }
    }
}
