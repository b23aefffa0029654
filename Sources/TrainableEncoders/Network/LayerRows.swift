import Encoders
import Tensors

/// The rows of a layer that its backward half reads: of a whole batch, or of some sequences.
struct LayerRows: Sendable {
    /// [T][H], what the layer was given.
    let input: MatrixView
    /// [T][Q, K and V], each filled up to whole panels.
    let projection: MatrixView
    /// [T][H], what the heads made.
    let context: MatrixView
    /// [T][H] before the first norm, and its statistics [T][2].
    let attentionSum, attentionStatistics: MatrixView
    /// [T][H] behind the first norm.
    let middle: MatrixView
    /// [T][I] before the activation.
    let inner: MatrixView
    /// [T][H] before the second norm, and its statistics [T][2].
    let outputSum, outputStatistics: MatrixView

    /// Takes memory for all but the input.
    init(input: MatrixView, layer: TrainableLayer, memory: Workspace) {
        let (rows, width) = (input.rows, input.columns)
        self.input = input
        // Kernels read a little behind the values of the last row.
        projection = memory.matrix(rows: rows + 1, columns: layer.projection.outputs).rows(0..<rows)
        context = memory.matrix(rows: rows, columns: width)
        attentionSum = memory.matrix(rows: rows, columns: width)
        attentionStatistics = MatrixView(memory.floats(2 * rows), rows: rows, columns: 2)
        middle = memory.matrix(rows: rows, columns: width)
        inner = memory.matrix(rows: rows, columns: layer.up.outputs)
        outputSum = memory.matrix(rows: rows, columns: width)
        outputStatistics = MatrixView(memory.floats(2 * rows), rows: rows, columns: 2)
    }

    private init(_ all: LayerRows, input: MatrixView, rows: Range<Int>) {
        self.input = input
        projection = all.projection.rows(rows)
        context = all.context.rows(rows)
        attentionSum = all.attentionSum.rows(rows)
        attentionStatistics = all.attentionStatistics.rows(rows)
        middle = all.middle.rows(rows)
        inner = all.inner.rows(rows)
        outputSum = all.outputSum.rows(rows)
        outputStatistics = all.outputStatistics.rows(rows)
    }

    /// Some rows of all matrices.
    func rows(_ range: Range<Int>) -> LayerRows { LayerRows(self, input: input.rows(range), rows: range) }

    /// The same memory for another layer's rows.
    func with(input: MatrixView) -> LayerRows { LayerRows(self, input: input, rows: 0..<input.rows) }
}

/// The gradients of a layer's rows that its weight gradients are made of; one such set serves all layers in turn.
struct LayerGradientRows: Sendable {
    /// [T][H], of what the second norm was given, behind its dropout: of the feed-forward network's output.
    let down: MatrixView
    /// [T][I], the activated rows.
    let activated: MatrixView
    /// [T][I], before the activation.
    let up: MatrixView
    /// [T][H], of the first norm's result.
    let middle: MatrixView
    /// [T][H], of the attention's output map.
    let attentionOutput: MatrixView
    /// [T][Q, K and V].
    let projection: MatrixView

    init(rows: Int, layer: TrainableLayer, memory: Workspace) {
        let width = layer.projection.inputs
        down = memory.matrix(rows: rows, columns: width)
        activated = memory.matrix(rows: rows, columns: layer.up.outputs)
        up = memory.matrix(rows: rows, columns: layer.up.outputs)
        middle = memory.matrix(rows: rows, columns: width)
        attentionOutput = memory.matrix(rows: rows, columns: width)
        projection = memory.matrix(rows: rows, columns: layer.projection.outputs)
    }

    private init(_ all: LayerGradientRows, rows: Range<Int>) {
        down = all.down.rows(rows)
        activated = all.activated.rows(rows)
        up = all.up.rows(rows)
        middle = all.middle.rows(rows)
        attentionOutput = all.attentionOutput.rows(rows)
        projection = all.projection.rows(rows)
    }

    /// Some rows of all matrices.
    func rows(_ range: Range<Int>) -> LayerGradientRows { LayerGradientRows(self, rows: range) }
}
