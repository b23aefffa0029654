import CKernels

// Vocabulary projection with the maximum over tokens, for training: only the token that has a maximum gets its gradient.
extension Kernels {
    /// The largest logit of each entry of the vocabulary over the tokens of each sequence, and the first token that has it.
    ///
    /// Apply the activation to `logits` with ``activate(_:_:into:)`` and go back with ``activateBackward(_:before:_:into:)``: neither
    /// changes which token is largest.
    ///
    /// - Parameters:
    ///   - x: [T][K], packed rows of all sequences.
    ///   - offsets: B + 1 row numbers.
    ///   - panels: the part of the vocabulary to compute; all by default.
    ///   - logits: [B][V], with bias; 0 for a sequence without tokens.
    ///   - winners: [B][V] row numbers; -1 for a sequence without tokens.
    public func largestLogits(
        _ x: ProductInput, offsets: [Int32], _ weight: PackedMatrix, panels: Range<Int>? = nil,
        into logits: MatrixView, winners: UnsafeMutablePointer<Int32>
    ) {
        let panels = panels ?? 0..<weight.panelCount
        precondition(x.columns == weight.inputs && logits.columns == weight.outputs, "wrong shapes for the vocabulary")
        precondition(weight.precision != .int8, "the vocabulary is not trained in int8")
        precondition(fits(x, weight), "input of another precision")
        precondition(
            offsets.count == logits.rows + 1 && Int(offsets.last ?? 0) <= x.rows, "offsets do not fit the rows")
        precondition(panels.lowerBound >= 0 && panels.upperBound <= weight.panelCount, "panels out of range")
        offsets.withUnsafeBufferPointer { offsets in
            var args = ck_winners_args(
                precision: Int32(weight.precision.rawValue), rows: x.operand.rows, stride: x.operand.stride,
                offsets: offsets.baseAddress, sequences: logits.rows, k: weight.inputs, panels: weight.panels.base,
                bias: weight.bias?.base, n: weight.outputs, panel_begin: panels.lowerBound,
                panel_end: panels.upperBound, out: logits.base, ldo: logits.stride, winners: winners,
                ldw: weight.outputs)
            table.pointee.training.winners(&args)
        }
    }

    /// `dX[winner] += dLogits[v] * weight[v]` for one sequence, over the vocabulary in ascending order.
    ///
    /// - Parameters:
    ///   - dLogits: [V] gradients of the sequence's largest logits; zeros cost nothing.
    ///   - winners: [V] row numbers, as `largestLogits` wrote them.
    ///   - weight: [V][K].
    ///   - dX: [T][K], the rows that `winners` counts.
    public func addWinnerInputGradients(
        _ dLogits: UnsafePointer<Float>, winners: UnsafePointer<Int32>, weight: MatrixView, into dX: MatrixView
    ) {
        precondition(dX.columns == weight.columns, "rows of \(dX.columns) for weights of \(weight.columns) inputs")
        table.pointee.training.winner_input_gradient(
            dLogits, winners, weight.rows, weight.base, weight.stride, weight.columns, dX.base, dX.stride)
    }

    /// `dWeight[v] += dLogits[b][v] * x[winner]` and `dBias[v] += dLogits[b][v]`, over the sequences in ascending order.
    ///
    /// - Parameters:
    ///   - dLogits: [B][V].
    ///   - winners: [B][V], as `largestLogits` wrote them.
    ///   - entries: the part of the vocabulary to compute; all by default.
    ///   - x: [T][K].
    ///   - dWeight: [V][K], added to.
    ///   - dBias: [V], added to, or nil.
    public func addWinnerWeightGradients(
        _ dLogits: MatrixView, winners: UnsafePointer<Int32>, entries: Range<Int>? = nil, input x: MatrixView,
        into dWeight: MatrixView, bias dBias: UnsafeMutablePointer<Float>?
    ) {
        let entries = entries ?? 0..<dLogits.columns
        precondition(dWeight.rows == dLogits.columns && dWeight.columns == x.columns, "gradient has the wrong shape")
        precondition(entries.lowerBound >= 0 && entries.upperBound <= dWeight.rows, "entries out of range")
        table.pointee.training.winner_weight_gradient(
            dLogits.base, dLogits.stride, winners, dLogits.columns, dLogits.rows, entries.lowerBound,
            entries.upperBound, x.base, x.stride, x.columns, dWeight.base, dWeight.stride, dBias)
    }
}
