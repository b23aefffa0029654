import CKernels

// Weights that change are packed again into the same memory, some panels by each thread.
extension PackedMatrix {
    /// Zeros of a precision, to be packed later.
    ///
    /// - Parameters:
    ///   - precision: `.fp32` or `.bf16`.
    ///   - bias: whether there is one.
    public init(empty precision: MatrixPrecision, outputs: Int, inputs: Int, bias: Bool) {
        precondition(precision != .int8, "int8 weights are not packed in place")
        let panelCount = (outputs + Self.panelWidth - 1) / Self.panelWidth
        let matrix = PackedMatrix(
            outputs: outputs, inputs: inputs, precision: precision,
            panels: FloatBuffer(count: Self.panelFloats(precision, outputs: outputs, inputs: inputs)),
            columnScale: nil, inverseSmoothing: nil,
            bias: bias ? FloatBuffer(count: panelCount * Self.panelWidth) : nil)
        guard let matrix else { preconditionFailure("a packed part has the wrong size") }
        self = matrix
    }

    /// Packs weights whose rows are outputs: `Y = X W^T` then.
    ///
    /// - Parameters:
    ///   - weight: [rows][inputs]; its row 0 is output `firstOutput`.
    ///   - firstOutput: a multiple of 32.
    ///   - panels: which panels of this matrix to write; what others have of `weight` stays as it is. All by default.
    public func pack(rows weight: MatrixView, firstOutput: Int = 0, panels: Range<Int>? = nil) {
        precondition(weight.columns == inputs, "\(weight.columns) columns for \(inputs) inputs")
        precondition(firstOutput >= 0 && firstOutput + weight.rows <= outputs, "more rows than outputs")
        precondition(firstOutput.isMultiple(of: Self.panelWidth), "weights begin inside of a panel")
        precondition(precision != .int8, "int8 weights are not packed in place")
        let panels = panels ?? 0..<panelCount
        let mine = (panels.lowerBound * Self.panelWidth..<panels.upperBound * Self.panelWidth)
            .clamped(to: firstOutput..<firstOutput + weight.rows)
        if mine.isEmpty || inputs == 0 { return }
        ck_pack_rows(
            precision.kernel, weight.base + (mine.lowerBound - firstOutput) * weight.stride, weight.stride, mine.count,
            inputs, nil, self.panels.base, nil, mine.lowerBound)
    }

    /// Packs weights whose columns are outputs: `dX = dY W` then, with `W` as it lies.
    ///
    /// - Parameters:
    ///   - weight: [rows][outputs]; its row 0 is input `firstInput`.
    ///   - firstInput: an even number.
    ///   - panels: which panels of this matrix to write; all by default.
    public func pack(columns weight: MatrixView, firstInput: Int = 0, panels: Range<Int>? = nil) {
        precondition(weight.columns == outputs, "\(weight.columns) columns for \(outputs) outputs")
        precondition(firstInput >= 0 && firstInput + weight.rows <= inputs, "more rows than inputs")
        precondition(firstInput.isMultiple(of: 2), "weights begin inside of a pair")
        precondition(precision != .int8, "int8 weights are not packed in place")
        let panels = panels ?? 0..<panelCount
        precondition(panels.lowerBound >= 0 && panels.upperBound <= panelCount, "panels out of range")
        ck_pack_columns(
            precision.kernel, weight.base, weight.stride, weight.rows, outputs, inputs, self.panels.base, firstInput,
            panels.lowerBound, panels.upperBound)
    }

    /// Sets the bias, `count` values from output `firstOutput` on; the matrix must have been made with one.
    public func setBias(_ values: UnsafePointer<Float>, firstOutput: Int = 0, count: Int? = nil) {
        guard let bias else { preconditionFailure("the matrix was made without a bias") }
        let count = count ?? outputs
        precondition(firstOutput >= 0 && count >= 0 && firstOutput + count <= outputs, "more values than outputs")
        (bias.base + firstOutput).update(from: values, count: count)
    }
}
