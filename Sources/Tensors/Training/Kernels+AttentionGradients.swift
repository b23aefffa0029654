import CKernels

extension Kernels {
    /// One head of one sequence, for training: `out = dropped(softmax(scale * Q K^T + relative[i - j])) V`.
    ///
    /// - Parameters:
    ///   - q: [L][D].
    ///   - k: [L][D].
    ///   - v: [L][D]; memory behind each row must be readable up to the next multiple of 32 columns.
    ///   - relative: the centre of a table with `2 * L - 1` values, or nil.
    ///   - dropout: nil for none.
    ///   - out: [L][D].
    public func attend(
        q: MatrixView, k: MatrixView, v: MatrixView, scale: Float, relative: UnsafePointer<Float>? = nil,
        dropout: AttentionDropout?, into out: MatrixView, workspace: Workspace
    ) {
        let size = q.columns
        precondition(k.columns == size && v.columns == size && out.columns == size, "head sizes differ")
        precondition(k.rows == v.rows && q.rows == k.rows && q.rows == out.rows, "row counts differ")
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        var args = ck_attention_args(
            q: q.base, ldq: q.stride, queries: q.rows, k: k.base, ldk: k.stride, v: v.base, ldv: v.stride,
            keys: k.rows, head_size: size, scale: scale, relative: relative, first_query: 0, out: out.base,
            ldo: out.stride, scratch: workspace.floats(ck_attention_scratch(k.rows, size)), dropout: nil)
        guard let dropout else {
            table.pointee.attention(&args)
            return
        }
        withUnsafePointer(to: dropout.kernel) {
            args.dropout = $0
            table.pointee.attention(&args)
        }
    }

    /// Gradients of that head; the probabilities are computed again.
    ///
    /// A thread should take a head of all sequences if there is a relative bias, since `relativeGradient` is added to.
    ///
    /// - Parameters:
    ///   - dOut: [L][D], gradient of the head's output.
    ///   - dQ: [L][D], written, as `dK` and `dV`; none of them may be one of the inputs.
    ///   - relativeGradient: the centre of a table like `relative`; the scores' gradients are added along each distance.
    public func attendBackward(
        q: MatrixView, k: MatrixView, v: MatrixView, dOut: MatrixView, scale: Float,
        relative: UnsafePointer<Float>? = nil, dropout: AttentionDropout?, dQ: MatrixView, dK: MatrixView,
        dV: MatrixView, relativeGradient: UnsafeMutablePointer<Float>? = nil, workspace: Workspace
    ) {
        let size = q.columns
        for other in [k, v, dOut, dQ, dK, dV] {
            precondition(other.rows == q.rows && other.columns == size, "shapes differ")
        }
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        var args = ck_attention_gradient_args(
            q: q.base, ldq: q.stride, k: k.base, ldk: k.stride, v: v.base, ldv: v.stride, dout: dOut.base,
            lddo: dOut.stride, tokens: q.rows, head_size: size, scale: scale, relative: relative, dropout: nil,
            dq: dQ.base, lddq: dQ.stride, dk: dK.base, lddk: dK.stride, dv: dV.base, lddv: dV.stride,
            drelative: relativeGradient, scratch: workspace.floats(ck_attention_gradient_scratch(q.rows, size)))
        guard let dropout else {
            table.pointee.training.attention_gradient(&args)
            return
        }
        withUnsafePointer(to: dropout.kernel) {
            args.dropout = $0
            table.pointee.training.attention_gradient(&args)
        }
    }
}
