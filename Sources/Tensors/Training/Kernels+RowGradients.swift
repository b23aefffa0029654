import CKernels

// What training needs of each row: forward halves that keep what their backward halves need, and those.
extension Kernels {
    /// Layer normalisation that keeps mean and 1 / standard deviation of each row in `statistics` [T][2].
    ///
    /// `y` may be `x` if the caller keeps the input elsewhere; gamma and beta have as many values as `x` columns.
    public func layerNorm(
        _ x: MatrixView, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, epsilon: Float, into y: MatrixView,
        statistics: MatrixView
    ) {
        precondition(x.rows == y.rows && x.columns == y.columns, "shapes differ")
        precondition(statistics.rows == x.rows && statistics.columns == 2, "two statistics for each row")
        table.pointee.training.layer_norm(
            x.base, x.stride, gamma, beta, epsilon, y.base, y.stride, statistics.base, statistics.stride, x.rows,
            x.columns)
    }

    /// The gradient of a layer norm's input; `dX` may be `dY`.
    ///
    /// - Parameters:
    ///   - x: [T][N], the norm's input.
    ///   - statistics: [T][2], what the norm left.
    public func layerNormBackward(
        _ dY: MatrixView, x: MatrixView, statistics: MatrixView, gamma: UnsafePointer<Float>, into dX: MatrixView
    ) {
        precondition(dY.rows == x.rows && dY.columns == x.columns, "shapes differ")
        precondition(dX.rows == x.rows && dX.columns == x.columns, "shapes differ")
        precondition(statistics.rows == x.rows && statistics.columns == 2, "two statistics for each row")
        table.pointee.training.layer_norm_gradient(
            dY.base, dY.stride, x.base, x.stride, statistics.base, statistics.stride, gamma, dX.base, dX.stride,
            x.rows, x.columns)
    }

    /// `y = activation(x)`, exact whatever the precision of products; `y` may be `x`.
    public func activate(_ activation: Activation, _ x: MatrixView, into y: MatrixView) {
        if y.base != x.base { y.copy(from: x) }
        activate(activation, y)
    }

    /// `dX = dY * slope of the activation at x`; `dX` may be `dY` or `x`.
    ///
    /// Where a function has no slope, PyTorch's choice is taken.
    public func activateBackward(
        _ activation: Activation, before x: MatrixView, _ dY: MatrixView, into dX: MatrixView
    ) {
        precondition(dY.rows == x.rows && dY.columns == x.columns, "shapes differ")
        precondition(dX.rows == x.rows && dX.columns == x.columns, "shapes differ")
        table.pointee.training.activation_gradient(
            Int32(activation.rawValue), x.base, x.stride, dY.base, dY.stride, dX.base, dX.stride, x.rows, x.columns)
    }

    /// `y = dropped(x) + residual`; `y` may be `x` or `residual`, and is `x` if it is not given.
    ///
    /// The backward half is the same call over the gradient, without the residual.
    ///
    /// - Parameter firstRow: the number of row 0 of `x` among all rows of the step.
    public func dropOut(
        _ x: MatrixView, _ dropout: Dropout, firstRow: Int, adding residual: MatrixView? = nil,
        into y: MatrixView? = nil
    ) {
        let y = y ?? x
        precondition(y.rows == x.rows && y.columns == x.columns, "shapes differ")
        precondition(
            residual.map { $0.rows == x.rows && $0.columns == x.columns } ?? true, "residual has another shape")
        var args = dropout.kernel
        table.pointee.training.drop_out(
            &args, UInt32(truncatingIfNeeded: firstRow), x.base, x.stride, residual?.base, residual?.stride ?? 0,
            y.base, y.stride, x.rows, x.columns)
    }

    /// `y += x`.
    public func add(_ x: MatrixView, to y: MatrixView) {
        precondition(y.rows == x.rows && y.columns == x.columns, "shapes differ")
        table.pointee.training.add(x.base, x.stride, y.base, y.stride, x.rows, x.columns)
    }
}
