import CKernels

// Products with packed weights, in the precision of the weights.
extension Kernels {
    /// The rows of `x` [M][K] as a product with `weight` reads them.
    ///
    /// float32 weights read the rows themselves. Others have them converted into the workspace, where they live until the
    /// caller releases its mark: once for all products with weights of this precision and this smoothing.
    public func input(_ x: MatrixView, for weight: PackedMatrix, workspace: Workspace) -> ProductInput {
        precondition(x.columns == weight.inputs, "\(x.columns) inputs for a matrix of \(weight.inputs)")
        workspace.observer?(x, weight)
        guard var operand = operand(rows: x.rows, for: weight, workspace: workspace) else { return ProductInput(x) }
        table.pointee.prepare(
            weight.precision.kernel, x.base, x.stride, x.rows, x.columns, weight.inverseSmoothing?.base, &operand)
        return ProductInput(operand, for: weight.precision, rows: x.rows, columns: x.columns)
    }

    /// Whether the rows are in the form that products with `weight` read.
    func fits(_ x: ProductInput, _ weight: PackedMatrix) -> Bool {
        guard let precision = x.precision else {
            return table.pointee.operand_stride(weight.precision.kernel, weight.inputs) == 0
        }
        return precision == weight.precision
    }

    /// Memory for converted rows; nil where products with `weight` read float32 rows.
    func operand(rows: Int, for weight: PackedMatrix, workspace: Workspace) -> ck_operand? {
        let stride = table.pointee.operand_stride(weight.precision.kernel, weight.inputs)
        guard stride > 0 else { return nil }
        let memory = UnsafeMutableRawPointer(workspace.floats(stride * rows / MemoryLayout<Float>.stride))
        var operand = ck_operand(rows: memory, stride: stride, scale: nil, start: nil)
        if weight.precision == .int8 {
            operand.scale = workspace.floats(rows)
            operand.start = UnsafeMutableRawPointer(workspace.floats(rows)).bindMemory(to: Int32.self, capacity: rows)
        }
        return operand
    }

    /// `y = activation(x W^T + bias + residual)`.
    ///
    /// - Parameters:
    ///   - x: [M][K], made for weights of this precision.
    ///   - panels: the part of the outputs to compute; all by default.
    ///   - residual: [M][columns of y], added before the activation; may be `y` itself.
    ///   - y: [M][outputs of those panels]; must not overlap the rows that `x` was made of.
    public func multiply(
        _ x: ProductInput, _ weight: PackedMatrix, panels: Range<Int>? = nil, activation: Activation = .identity,
        adding residual: MatrixView? = nil, into y: MatrixView
    ) {
        let panels = panels ?? 0..<weight.panelCount
        let first = panels.lowerBound * PackedMatrix.panelWidth
        let columns = min(panels.upperBound * PackedMatrix.panelWidth, weight.outputs) - first
        precondition(x.columns == weight.inputs, "\(x.columns) inputs for a matrix of \(weight.inputs)")
        precondition(fits(x, weight), "input of another precision")
        precondition(panels.lowerBound >= 0 && panels.upperBound <= weight.panelCount, "panels out of range")
        precondition(y.rows == x.rows && y.columns == max(columns, 0), "result has the wrong shape")
        precondition(
            residual.map { $0.rows == y.rows && $0.columns == y.columns } ?? true, "residual has another shape")
        precondition(!x.overlaps(y), "the result of a matrix product may not lie in its input")
        var args = ck_gemm_args(
            precision: weight.precision.kernel, a: x.operand, m: x.rows, k: weight.inputs, panels: weight.panels.base,
            column_scale: weight.columnScale?.base, bias: weight.bias?.base, n: weight.outputs,
            panel_begin: panels.lowerBound, panel_end: panels.upperBound, residual: residual?.base,
            ldr: residual?.stride ?? 0, c: y.base, ldc: y.stride, activation: activation.kernel)
        table.pointee.gemm(&args)
    }

    /// The same for float32 weights, whose input needs no conversion.
    public func multiply(
        _ x: MatrixView, _ weight: PackedMatrix, panels: Range<Int>? = nil, activation: Activation = .identity,
        adding residual: MatrixView? = nil, into y: MatrixView
    ) {
        precondition(weight.precision == .fp32, "rows that are not converted for \(weight.precision) weights")
        multiply(ProductInput(x), weight, panels: panels, activation: activation, adding: residual, into: y)
    }

    /// Projects token rows to the vocabulary and pools over the tokens of each sequence, without the T x V matrix.
    ///
    /// - Parameters:
    ///   - x: [T][K], packed rows of all sequences.
    ///   - offsets: B + 1 row numbers.
    ///   - activation: `.relu`, `.log1pReLU` or `.log1pLog1pReLU`.
    ///   - sum: the sum over tokens instead of the maximum.
    ///   - y: [B][V]; only the columns of `panels` are written.
    public func splade(
        _ x: ProductInput, offsets: [Int32], _ weight: PackedMatrix, panels: Range<Int>? = nil, activation: Activation,
        sum: Bool, into y: MatrixView
    ) {
        let panels = panels ?? 0..<weight.panelCount
        precondition(x.columns == weight.inputs && y.columns == weight.outputs, "wrong shapes for the vocabulary")
        precondition(fits(x, weight), "input of another precision")
        precondition(offsets.count == y.rows + 1 && Int(offsets.last ?? 0) <= x.rows, "offsets do not fit the rows")
        precondition([.relu, .log1pReLU, .log1pLog1pReLU].contains(activation), "not a pooling activation")
        precondition(panels.lowerBound >= 0 && panels.upperBound <= weight.panelCount, "panels out of range")
        offsets.withUnsafeBufferPointer { offsets in
            var args = ck_splade_args(
                precision: weight.precision.kernel, a: x.operand, offsets: offsets.baseAddress, sequences: y.rows,
                k: weight.inputs, panels: weight.panels.base, column_scale: weight.columnScale?.base,
                bias: weight.bias?.base, n: weight.outputs, panel_begin: panels.lowerBound,
                panel_end: panels.upperBound, activation: activation.kernel, sum: sum, out: y.base, ldo: y.stride)
            table.pointee.splade(&args)
        }
    }
}
