import Tensors

extension SelfAttention {
    /// `hidden + output(attention(hidden))` for some rows of a tile, in place, from Q, K and V that were made before.
    ///
    /// - Parameters:
    ///   - hidden: the rows themselves, [rows.count][H].
    ///   - rows: their numbers in the tile; they may begin and end inside a sequence.
    ///   - queryKeyValue: [T][A * 3 * paddedHeadSize] of the whole tile, in the order of the packed weights.
    func forward(
        _ hidden: MatrixView, rows: Range<Int>, layout: SequenceLayout, queryKeyValue: MatrixView,
        relativeBias: RelativePositionBias?, workspace: Workspace
    ) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let context = workspace.matrix(rows: rows.count, columns: heads * headSize)
        for head in 0..<heads {
            let first = 3 * head * paddedHeadSize
            let qkv = queryKeyValue.columns(first..<first + 3 * paddedHeadSize)
            let (q, k, v) = (part(0, of: qkv), part(1, of: qkv), part(2, of: qkv))
            let target = context.columns(head * headSize..<(head + 1) * headSize)
            for sequence in 0..<layout.count {
                let keys = layout.rows(of: sequence)
                let queries = keys.clamped(to: rows)
                if queries.isEmpty { continue }
                precondition(relativeBias.map { keys.count <= $0.maxLength } ?? true, "sequence beyond the bias table")
                workspace.kernels.attend(
                    q: q.rows(queries), k: k.rows(keys), v: v.rows(keys), scale: scale,
                    relative: relativeBias?.center(head: head), firstQuery: queries.lowerBound - keys.lowerBound,
                    into: target.rows(queries.lowerBound - rows.lowerBound..<queries.upperBound - rows.lowerBound),
                    workspace: workspace)
            }
        }
        output.forward(context, adding: hidden, into: hidden, workspace: workspace)
    }
}
