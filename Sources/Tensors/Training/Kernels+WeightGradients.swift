import CKernels

// Gradients that are sums over tokens. Whatever part of them a call computes, it must be given all tokens of the step: chunks
// of tokens are summed in ascending order, so the bits are the same for any split by outputs, inputs or columns.
extension Kernels {
    /// `gradient += dY^T X`, for some outputs and inputs.
    ///
    /// bfloat16: `dY` and `X` are rounded where the build multiplies bfloat16, and used as they are elsewhere; sums are float32.
    ///
    /// Threads should share the work by inputs: each then makes panels of its own columns of `X`, and only reads `dY`.
    ///
    /// - Parameters:
    ///   - dY: [T][N], gradient of the outputs.
    ///   - x: [T][K], what the product read.
    ///   - outputs: the rows of the gradient to compute; all by default.
    ///   - inputs: the columns of the gradient to compute; all by default.
    ///   - precision: `.fp32` or `.bf16`.
    ///   - gradient: [N][K], added to.
    public func addWeightGradient(
        of dY: MatrixView, input x: MatrixView, outputs: Range<Int>? = nil, inputs: Range<Int>? = nil,
        precision: MatrixPrecision, into gradient: MatrixView, workspace: Workspace
    ) {
        let outputs = outputs ?? 0..<dY.columns
        let inputs = inputs ?? 0..<x.columns
        precondition(dY.rows == x.rows, "\(dY.rows) gradients for \(x.rows) rows")
        precondition(gradient.rows == dY.columns && gradient.columns == x.columns, "gradient has the wrong shape")
        precondition(outputs.lowerBound >= 0 && outputs.upperBound <= gradient.rows, "outputs out of range")
        precondition(inputs.lowerBound >= 0 && inputs.upperBound <= gradient.columns, "inputs out of range")
        precondition(precision != .int8, "gradients are not made in int8")
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        var args = ck_weight_gradient_args(
            precision: Int32(precision.rawValue), dy: dY.base, lddy: dY.stride, x: x.base, ldx: x.stride,
            tokens: dY.rows, row_begin: outputs.lowerBound, row_end: outputs.upperBound,
            column_begin: inputs.lowerBound, column_end: inputs.upperBound, gradient: gradient.base,
            ldg: gradient.stride, scratch: workspace.floats(ck_weight_gradient_scratch(inputs.count)))
        table.pointee.training.weight_gradient(&args)
    }

    /// `sums[c] += sum over rows of x[r][c]` for some columns; all by default.
    ///
    /// - Parameter sums: as many values as `x` has columns, whichever are computed.
    public func addColumnSums(
        _ x: MatrixView, columns: Range<Int>? = nil, into sums: UnsafeMutablePointer<Float>
    ) {
        let columns = columns ?? 0..<x.columns
        let part = x.columns(columns)
        table.pointee.training.column_sums(part.base, part.stride, part.rows, part.columns, sums + columns.lowerBound)
    }

    /// Gradients of a layer norm's gamma and beta, for some columns; all by default.
    ///
    /// - Parameters:
    ///   - dY: [T][N], gradient of the norm's result.
    ///   - x: [T][N], the norm's input.
    ///   - statistics: [T][2], what the norm left.
    ///   - dGamma: N values, added to.
    ///   - dBeta: N values, added to.
    public func addNormGradients(
        _ dY: MatrixView, x: MatrixView, statistics: MatrixView, columns: Range<Int>? = nil,
        gamma dGamma: UnsafeMutablePointer<Float>, beta dBeta: UnsafeMutablePointer<Float>
    ) {
        precondition(dY.rows == x.rows && dY.columns == x.columns, "shapes differ")
        precondition(statistics.rows == x.rows && statistics.columns == 2, "two statistics for each row")
        let columns = columns ?? 0..<x.columns
        let (g, values) = (dY.columns(columns), x.columns(columns))
        table.pointee.training.norm_parameter_gradient(
            g.base, g.stride, values.base, values.stride, statistics.base, statistics.stride, g.rows, g.columns,
            dGamma + columns.lowerBound, dBeta + columns.lowerBound)
    }

    /// `table[ids[r]] += x[r]`, in row order, for some columns; all by default.
    ///
    /// - Parameter ids: one for each row of `x`, inside of the table.
    public func addRows(
        _ x: MatrixView, ids: UnsafePointer<Int32>, columns: Range<Int>? = nil, into target: MatrixView
    ) {
        precondition(target.columns == x.columns, "rows of \(x.columns) for a table of \(target.columns) columns")
        let columns = columns ?? 0..<x.columns
        let (part, to) = (x.columns(columns), target.columns(columns))
        table.pointee.training.add_rows(part.base, part.stride, ids, part.rows, part.columns, to.base, to.stride)
    }
}
