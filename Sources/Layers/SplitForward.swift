import Tensors

/// One tile on its way through a network, computed by several parts at a time: the phases of ``Team/run``.
///
/// Layers go by rows or by panels.
///
/// - By rows, one phase a layer: a part owns some rows of the tile, cut anywhere. It attends with their queries to the keys
///   and values of all rows, which the phase before has left, does the rest of the layer, and makes Q, K and V of its rows
///   for the next layer. Each core reads all weights.
/// - By panels, four phases a layer: a part owns some heads, and some outputs of each of the other three products, for all
///   rows. Each core reads its part of the weights only. What is cheap (norms, conversions of inputs) every part does for
///   itself.
///
/// Leading layers go by rows or by panels; a last layer that needs first tokens only always goes by panels. A row has the
/// same bits as in `TransformerEncoder.forward`, since products do not depend on the number of rows or panels.
struct SplitForward: Sendable {
    let network: TransformerEncoder
    let batch: TokenBatch
    let sequences: Range<Int>
    /// The layout of the whole batch, and of the tile alone.
    let layout: SequenceLayout
    let tile: SequenceLayout
    let rows: TransformerEncoder.Rows
    let parts: Int
    /// Leading layers that go by rows.
    let rowLayers: Int

    /// [T][H] rows between layers by rows.
    private let hidden: MatrixView?
    /// [T][3 A paddedHeadSize] of two layers in turn.
    private let queryKeyValue: [MatrixView]
    /// [parts * R][H] rows of each part, between layers by panels.
    private let residual: MatrixView?
    /// [R][A * D].
    private let context: MatrixView?
    /// [R][H] sums in front of the two norms.
    private let attentionSum: MatrixView?
    private let outputSum: MatrixView?
    /// [R][I].
    private let wide: MatrixView?

    /// - Parameter workspace: of the calling thread; the shared rows live there until it releases its mark.
    init(
        _ network: TransformerEncoder, _ batch: TokenBatch, sequences: Range<Int>, layout: SequenceLayout,
        rows: TransformerEncoder.Rows, byRows: Bool, parts: Int, into result: MatrixView, workspace: Workspace
    ) {
        (self.network, self.batch, self.sequences, self.layout) = (network, batch, sequences, layout)
        (self.rows, self.parts) = (rows, parts)
        tile = layout.slice(sequences)
        let count = network.layers.count
        rowLayers = byRows ? (rows == .all ? count : count - 1) : 0
        let (tokens, width) = (tile.tokenCount, network.hiddenSize)
        if byRows {
            hidden = rows == .all ? result : workspace.matrix(rows: tokens, columns: width)
            let columns = rowLayers == 0 ? 0 : network.layers.map { $0.attention.queryKeyValue.outputs }.max() ?? 0
            queryKeyValue = (0..<2).map { _ in workspace.matrix(rows: tokens, columns: columns) }
        } else {
            hidden = nil
            queryKeyValue = []
        }
        let panelLayers = network.layers[rowLayers...]
        guard let first = panelLayers.first else {
            (residual, context, attentionSum, outputSum, wide) = (nil, nil, nil, nil, nil)
            return
        }
        // The rows of the largest layer by panels.
        let most = rows == .firstTokens && panelLayers.count == 1 ? tile.count : max(tokens, tile.count)
        residual = workspace.matrix(rows: parts * most, columns: width)
        context = workspace.matrix(rows: most, columns: first.attention.output.inputs)
        attentionSum = workspace.matrix(rows: most, columns: width)
        outputSum = workspace.matrix(rows: most, columns: width)
        wide = workspace.matrix(rows: most, columns: first.feedForward.up.outputs)
    }

    private var rowPhases: Int { hidden == nil ? 0 : rowLayers + 1 }
    var phases: Int { rowPhases + 4 * (network.layers.count - rowLayers) }

    /// One part of one phase.
    func run(_ phase: Int, _ part: Int, _ worker: Worker) {
        if phase < rowPhases {
            runRows(phase, part, worker.workspace)
        } else {
            let (layer, step) = (phase - rowPhases).quotientAndRemainder(dividingBy: 4)
            runPanels(rowLayers + layer, step, part, worker.workspace)
        }
    }

    /// What follows the last phase, on the calling thread.
    func finish(into result: MatrixView, workspace: Workspace) {
        guard rowLayers < network.layers.count, let sum = outputSum, let layer = network.layers.last else { return }
        layer.outputNorm.forward(sum.rows(0..<result.rows), into: result, workspace: workspace)
    }

    // MARK: By rows

    private func runRows(_ phase: Int, _ part: Int, _ workspace: Workspace) {
        guard let hidden else { return }
        let own = share(part, of: hidden.rows)
        if own.isEmpty { return }
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let x = hidden.rows(own)
        if phase == 0 {
            network.embeddings.forward(
                batch, sequences: sequences, layout: layout, part: own, into: x, workspace: workspace)
        } else {
            let layer = network.layers[phase - 1]
            layer.attention.forward(
                x, rows: own, layout: tile, queryKeyValue: queryKeyValue[(phase - 1) % 2],
                relativeBias: network.relativeBias, workspace: workspace)
            layer.finish(x, workspace: workspace)
        }
        guard phase < rowLayers else { return }
        let next = network.layers[phase].attention.queryKeyValue
        let input = workspace.kernels.input(x, for: next, workspace: workspace)
        workspace.kernels.multiply(
            input, next, into: queryKeyValue[phase % 2].rows(own).columns(0..<next.outputs))
    }

    // MARK: By panels

    private func runPanels(_ number: Int, _ step: Int, _ part: Int, _ workspace: Workspace) {
        guard let residual, let context, let attentionSum, let outputSum, let wide else { return }
        let layer = network.layers[number]
        let firstOnly = rows == .firstTokens && number == network.layers.count - 1
        let count = firstOnly ? tile.count : tile.tokenCount
        let most = residual.rows / parts
        let mine = residual.rows(part * most..<part * most + count)
        let range = 0..<count
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        switch step {
        case 0:
            attend(layer, number, firstOnly, part, mine, context.rows(range), workspace)
        case 1:
            multiply(
                context.rows(range), layer.attention.output, part, adding: mine, attentionSum.rows(range), workspace)
        case 2:
            layer.attentionNorm.forward(attentionSum.rows(range), into: mine, workspace: workspace)
            multiply(
                mine, layer.feedForward.up, part, activation: layer.feedForward.activation, wide.rows(range), workspace)
        default:
            multiply(wide.rows(range), layer.feedForward.down, part, adding: mine, outputSum.rows(range), workspace)
        }
    }

    /// The columns of a part's heads, and the part's own copy of the rows that enter the layer.
    private func attend(
        _ layer: EncoderLayer, _ number: Int, _ firstOnly: Bool, _ part: Int, _ mine: MatrixView, _ context: MatrixView,
        _ workspace: Workspace
    ) {
        let x: MatrixView
        if number == rowLayers, let hidden {
            x = hidden
        } else {
            x = firstOnly ? workspace.matrix(rows: tile.tokenCount, columns: network.hiddenSize) : mine
            if number == 0 {
                network.embeddings.forward(batch, sequences: sequences, layout: layout, into: x, workspace: workspace)
            } else if let outputSum {
                network.layers[number - 1].outputNorm.forward(
                    outputSum.rows(0..<tile.tokenCount), into: x, workspace: workspace)
            }
        }
        let heads = share(part, of: layer.attention.heads)
        if firstOnly {
            FirstTokens.gather(x, layout: tile, into: mine)
            layer.attention.attendFirstTokens(
                x, mine, heads: heads, layout: tile, relativeBias: network.relativeBias, into: context,
                workspace: workspace)
        } else {
            layer.attention.attend(
                x, heads: heads, layout: tile, relativeBias: network.relativeBias, into: context, workspace: workspace)
        }
    }

    /// The outputs of a part: some panels, for all rows.
    private func multiply(
        _ x: MatrixView, _ linear: Linear, _ part: Int, activation: Activation = .identity,
        adding residual: MatrixView? = nil, _ result: MatrixView, _ workspace: Workspace
    ) {
        let panels = share(part, of: linear.weight.panelCount)
        let first = panels.lowerBound * PackedMatrix.panelWidth
        let columns = first..<max(first, min(panels.upperBound * PackedMatrix.panelWidth, linear.outputs))
        if columns.isEmpty { return }
        let input = workspace.kernels.input(x, for: linear.weight, workspace: workspace)
        workspace.kernels.multiply(
            input, linear.weight, panels: panels, activation: activation, adding: residual?.columns(columns),
            into: result.columns(columns))
    }

    /// What a part owns of `count` things.
    private func share(_ part: Int, of count: Int) -> Range<Int> { Range(part: part, of: parts, count: count) }
}
