import Encoders
import Tensors

/// Which rows a layer computes behind its attention.
enum FinishedRows: Sendable {
    /// Every token's.
    case all
    /// The first token's of each sequence: all that a classifier looks at behind the last layer.
    case firstTokens
}

/// Some consecutive sequences, and where their rows are.
struct TileRows: Sendable {
    /// The sequences.
    let sequences: Range<Int>
    /// Their tokens.
    let tokens: Range<Int>

    /// The rows that a layer computes behind its attention.
    func finished(_ kind: FinishedRows) -> Range<Int> { kind == .all ? tokens : sequences }
}

/// The rows of a layer that its backward half reads: of a whole batch, or of some sequences.
///
/// F rows are computed behind attention: one for each token, or one for each sequence.
struct LayerRows: Sendable {
    let kind: FinishedRows
    /// [T][H], what the layer was given.
    let input: MatrixView
    /// [T][Q, K and V], each filled up to whole panels.
    let projection: MatrixView
    /// [T][H], what the heads made.
    let context: MatrixView
    /// [F][H], what the output map reads: the same memory unless first tokens are taken out.
    let finishedContext: MatrixView
    /// [F][H] before the first norm, and its statistics [F][2].
    let attentionSum, attentionStatistics: MatrixView
    /// [F][H] behind the first norm.
    let middle: MatrixView
    /// [F][I] before the activation.
    let inner: MatrixView
    /// [F][H] before the second norm, and its statistics [F][2].
    let outputSum, outputStatistics: MatrixView

    /// Takes memory for all but the input.
    init(input: MatrixView, sequences: Int, kind: FinishedRows, layer: TrainableLayer, memory: Workspace) {
        let (rows, width) = (input.rows, input.columns)
        let finished = kind == .all ? rows : sequences
        self.kind = kind
        self.input = input
        // Kernels read a little behind the values of the last row.
        projection = memory.roomyMatrix(rows: rows + 1, columns: layer.projection.outputs).rows(0..<rows)
        context = memory.roomyMatrix(rows: rows, columns: width)
        finishedContext = kind == .all ? context : memory.roomyMatrix(rows: finished, columns: width)
        attentionSum = memory.roomyMatrix(rows: finished, columns: width)
        attentionStatistics = MatrixView(memory.floats(2 * finished), rows: finished, columns: 2)
        middle = memory.roomyMatrix(rows: finished, columns: width)
        inner = memory.roomyMatrix(rows: finished, columns: layer.up.outputs)
        outputSum = memory.roomyMatrix(rows: finished, columns: width)
        outputStatistics = MatrixView(memory.floats(2 * finished), rows: finished, columns: 2)
    }

    private init(_ all: LayerRows, input: MatrixView, tile: TileRows) {
        let finished = tile.finished(all.kind)
        kind = all.kind
        self.input = input
        projection = all.projection.rows(tile.tokens)
        context = all.context.rows(tile.tokens)
        finishedContext = all.finishedContext.rows(finished)
        attentionSum = all.attentionSum.rows(finished)
        attentionStatistics = all.attentionStatistics.rows(finished)
        middle = all.middle.rows(finished)
        inner = all.inner.rows(finished)
        outputSum = all.outputSum.rows(finished)
        outputStatistics = all.outputStatistics.rows(finished)
    }

    /// The rows of some sequences.
    func rows(_ tile: TileRows) -> LayerRows {
        LayerRows(self, input: input.rows(tile.tokens), tile: tile)
    }

    /// The same memory for another layer's rows.
    func with(input: MatrixView, sequences: Int) -> LayerRows {
        LayerRows(self, input: input, tile: TileRows(sequences: 0..<sequences, tokens: 0..<input.rows))
    }
}

/// The gradients of a layer's rows that its weight gradients are made of; one such set serves all layers in turn.
struct LayerGradientRows: Sendable {
    /// [F][H], of what the second norm was given, behind its dropout: of the feed-forward network's output.
    let down: MatrixView
    /// [F][I], the activated rows.
    let activated: MatrixView
    /// [F][I], before the activation.
    let up: MatrixView
    /// [F][H], of the first norm's result.
    let middle: MatrixView
    /// [F][H], of the attention's output map.
    let attentionOutput: MatrixView
    /// [T][Q, K and V].
    let projection: MatrixView

    init(rows: Int, layer: TrainableLayer, memory: Workspace) {
        let width = layer.projection.inputs
        down = memory.roomyMatrix(rows: rows, columns: width)
        activated = memory.roomyMatrix(rows: rows, columns: layer.up.outputs)
        up = memory.roomyMatrix(rows: rows, columns: layer.up.outputs)
        middle = memory.roomyMatrix(rows: rows, columns: width)
        attentionOutput = memory.roomyMatrix(rows: rows, columns: width)
        projection = memory.roomyMatrix(rows: rows, columns: layer.projection.outputs)
    }

    private init(_ all: LayerGradientRows, tokens: Range<Int>, finished: Range<Int>) {
        down = all.down.rows(finished)
        activated = all.activated.rows(finished)
        up = all.up.rows(finished)
        middle = all.middle.rows(finished)
        attentionOutput = all.attentionOutput.rows(finished)
        projection = all.projection.rows(tokens)
    }

    /// The rows of some sequences.
    func rows(_ tile: TileRows, _ kind: FinishedRows) -> LayerGradientRows {
        LayerGradientRows(self, tokens: tile.tokens, finished: tile.finished(kind))
    }
}
