public import Tensors

/// Multi-head self-attention inside each sequence, with output projection and residual.
///
/// The weights of Q, K and V lie head by head, each head filled up to whole panels: one product gives a tile's Q, K and
/// V of one head, which are attended to while they are in the cache, and the T x 3H matrix is never made.
public struct SelfAttention: Sendable {
    /// A, the number of heads.
    public let heads: Int
    /// D, the size of a head.
    public let headSize: Int
    /// [A * 3 * paddedHeadSize][H]: for each head its Q, K and V rows.
    public let queryKeyValue: PackedMatrix
    /// [H][A * D].
    public let output: Linear

    /// D filled up to whole panels.
    let paddedHeadSize: Int
    /// Factor on the scores.
    let scale: Float

    /// Packs the parameters of the four projections; Q, K and V are [A * D][H].
    ///
    /// - Parameter scale: factor on the scores; 1 / sqrt(D) unless given.
    public init(
        query: LinearParameters, key: LinearParameters, value: LinearParameters, output: LinearParameters, heads: Int,
        scale: Float? = nil
    ) {
        precondition(heads > 0 && query.outputs.isMultiple(of: heads), "\(query.outputs) outputs in \(heads) heads")
        precondition(key.outputs == query.outputs && value.outputs == query.outputs, "Q, K and V differ in size")
        let headSize = query.outputs / heads
        let padded = (headSize + PackedMatrix.panelWidth - 1) / PackedMatrix.panelWidth * PackedMatrix.panelWidth
        var blocks: [PackedMatrix.Block] = []
        for head in 0..<heads {
            for (part, parameters) in [query, key, value].enumerated() {
                blocks.append(
                    .init(
                        firstOutput: (3 * head + part) * padded, rows: head * headSize..<(head + 1) * headSize,
                        parameters: parameters))
            }
        }
        queryKeyValue = PackedMatrix(outputs: 3 * heads * padded, inputs: query.inputs, blocks: blocks)
        self.output = Linear(output)
        self.heads = heads
        self.headSize = headSize
        paddedHeadSize = padded
        self.scale = scale ?? 1 / Float(headSize).squareRoot()
    }

    /// Outputs of the packed Q, K and V of heads that are `width` wide together.
    package static func packedOutputs(heads: Int, width: Int) -> Int {
        let panel = PackedMatrix.panelWidth
        return 3 * heads * ((width / heads + panel - 1) / panel * panel)
    }

    /// Takes packed weights of any precision, laid out as `queryKeyValue` says.
    package init(queryKeyValue: PackedMatrix, output: Linear, heads: Int, scale: Float? = nil) {
        let padded = queryKeyValue.outputs / (3 * heads)
        precondition(padded.isMultiple(of: PackedMatrix.panelWidth), "heads are not whole panels")
        precondition(output.inputs.isMultiple(of: heads), "\(output.inputs) inputs in \(heads) heads")
        self.queryKeyValue = queryKeyValue
        self.output = output
        self.heads = heads
        headSize = output.inputs / heads
        paddedHeadSize = padded
        self.scale = scale ?? 1 / Float(headSize).squareRoot()
    }

    /// `hidden + output(attention(hidden))` for all rows, in place.
    ///
    /// `hidden` is [T][H].
    public func forward(
        _ hidden: MatrixView, layout: SequenceLayout, relativeBias: RelativePositionBias? = nil, workspace: Workspace
    ) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let context = workspace.matrix(rows: hidden.rows, columns: heads * headSize)
        attend(
            hidden, heads: 0..<heads, layout: layout, relativeBias: relativeBias, into: context, workspace: workspace)
        output.forward(context, adding: hidden, into: hidden, workspace: workspace)
    }

    /// What some heads make of all rows: their columns of `context` [T][A * D].
    func attend(
        _ hidden: MatrixView, heads: Range<Int>, layout: SequenceLayout, relativeBias: RelativePositionBias?,
        into context: MatrixView, workspace: Workspace
    ) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let qkv = workspace.matrix(rows: hidden.rows, columns: 3 * paddedHeadSize)
        let input = workspace.kernels.input(hidden, for: queryKeyValue, workspace: workspace)
        let panelsPerPart = paddedHeadSize / PackedMatrix.panelWidth
        for head in heads {
            let first = 3 * head * panelsPerPart
            workspace.kernels.multiply(input, queryKeyValue, panels: first..<first + 3 * panelsPerPart, into: qkv)
            let q = part(0, of: qkv)
            let k = part(1, of: qkv)
            let v = part(2, of: qkv)
            let target = context.columns(head * headSize..<(head + 1) * headSize)
            for sequence in 0..<layout.count {
                let rows = layout.rows(of: sequence)
                if rows.isEmpty { continue }
                precondition(relativeBias.map { rows.count <= $0.maxLength } ?? true, "sequence beyond the bias table")
                workspace.kernels.attend(
                    q: q.rows(rows), k: k.rows(rows), v: v.rows(rows), scale: scale,
                    relative: relativeBias?.center(head: head), into: target.rows(rows), workspace: workspace)
            }
        }
    }

    /// The same for the first token of each sequence only: `result` [B][H]; `hidden` is not changed.
    ///
    /// Keys and values come from all tokens. A row has the same bits as in `forward`. A sequence without tokens gives
    /// the output projection's bias.
    public func forwardFirstTokens(
        _ hidden: MatrixView, layout: SequenceLayout, relativeBias: RelativePositionBias? = nil,
        into result: MatrixView, workspace: Workspace
    ) {
        precondition(result.rows == layout.count && result.columns == hidden.columns, "result has the wrong shape")
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let first = workspace.matrix(rows: layout.count, columns: hidden.columns)
        FirstTokens.gather(hidden, layout: layout, into: first)
        let context = workspace.matrix(rows: layout.count, columns: heads * headSize)
        attendFirstTokens(
            hidden, first, heads: 0..<heads, layout: layout, relativeBias: relativeBias, into: context,
            workspace: workspace)
        output.forward(context, adding: first, into: result, workspace: workspace)
    }

    /// What some heads make of the first tokens `first` [B][H] of `hidden` [T][H]: their columns of `context` [B][A * D].
    func attendFirstTokens(
        _ hidden: MatrixView, _ first: MatrixView, heads: Range<Int>, layout: SequenceLayout,
        relativeBias: RelativePositionBias?, into context: MatrixView, workspace: Workspace
    ) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let q = workspace.matrix(rows: layout.count, columns: paddedHeadSize)
        let kv = workspace.matrix(rows: hidden.rows, columns: 2 * paddedHeadSize)
        let firstInput = workspace.kernels.input(first, for: queryKeyValue, workspace: workspace)
        let input = workspace.kernels.input(hidden, for: queryKeyValue, workspace: workspace)
        let panelsPerPart = paddedHeadSize / PackedMatrix.panelWidth
        for head in heads {
            let panel = 3 * head * panelsPerPart
            workspace.kernels.multiply(firstInput, queryKeyValue, panels: panel..<panel + panelsPerPart, into: q)
            workspace.kernels.multiply(
                input, queryKeyValue, panels: panel + panelsPerPart..<panel + 3 * panelsPerPart, into: kv)
            let k = part(0, of: kv)
            let v = part(1, of: kv)
            let target = context.columns(head * headSize..<(head + 1) * headSize)
            for sequence in 0..<layout.count {
                let rows = layout.rows(of: sequence)
                if rows.isEmpty {
                    target[sequence].update(repeating: 0)
                    continue
                }
                precondition(relativeBias.map { rows.count <= $0.maxLength } ?? true, "sequence beyond the bias table")
                workspace.kernels.attend(
                    q: q.columns(0..<headSize).rows(sequence..<sequence + 1), k: k.rows(rows), v: v.rows(rows),
                    scale: scale, relative: relativeBias?.center(head: head),
                    into: target.rows(sequence..<sequence + 1), workspace: workspace)
            }
        }
    }

    func part(_ index: Int, of matrix: MatrixView) -> MatrixView {
        matrix.columns(index * paddedHeadSize..<index * paddedHeadSize + headSize)
    }
}
