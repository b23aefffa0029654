import Layers
import Tensors

/// First-token rows to logits: a hidden map with its activation, then a linear map.
struct ClassifierHead: TrainableHead {
    let hidden: LinearMap
    let activation: Activation
    let output: LinearMap
    /// Whether dropout also stands before the hidden map.
    let dropsInput: Bool

    var width: Int { output.outputs }
    var maps: [LinearMap] { [hidden, output] }
    let wanted = FinishedRows.firstTokens

    func forward(
        _ rows: MatrixView, layout: SequenceLayout, tiles: [Range<Int>], dropout: PassDropout, memory: Workspace,
        pool: WorkerPool
    ) -> any HeadPass {
        let count = layout.count
        let first = memory.matrix(rows: count, columns: rows.columns)
        let inner = memory.matrix(rows: count, columns: hidden.outputs)
        let activated = memory.matrix(rows: count, columns: hidden.outputs)
        let logits = memory.matrix(rows: count, columns: output.outputs)
        pool.run(tiles.count) { index, worker in
            let tile = tiles[index]
            let workspace = worker.workspace
            first.rows(tile).copy(from: rows.rows(tile))
            let firstRow = dropout.row(ofSequence: tile.lowerBound)
            if dropsInput, let numbers = dropout.classifierInput {
                workspace.kernels.dropOut(first.rows(tile), numbers, firstRow: firstRow)
            }
            hidden.forward(first.rows(tile), into: inner.rows(tile), workspace: workspace)
            workspace.kernels.activate(activation, inner.rows(tile), into: activated.rows(tile))
            if let numbers = dropout.classifier {
                workspace.kernels.dropOut(activated.rows(tile), numbers, firstRow: firstRow)
            }
            output.forward(activated.rows(tile), into: logits.rows(tile), workspace: workspace)
        }
        return ClassifierPass(
            head: self, dropout: dropout, first: first, inner: inner, activated: activated,
            outputs: logits)
    }
}

/// The logits of a batch and the rows before them.
private struct ClassifierPass: HeadPass {
    let head: ClassifierHead
    let dropout: PassDropout
    /// [B][H] behind their dropout.
    let first: MatrixView
    /// [B][H] before the activation.
    let inner: MatrixView
    /// [B][H] behind activation and dropout.
    let activated: MatrixView
    let outputs: MatrixView

    func backward(_ outputGradient: MatrixView, into hiddenGradient: MatrixView, memory: Workspace, pool: WorkerPool) {
        let dInner = memory.matrix(rows: inner.rows, columns: inner.columns)
        pool.run(1) { _, worker in
            let workspace = worker.workspace
            head.output.backward(outputGradient, into: dInner, workspace: workspace)
            let firstRow = dropout.row(ofSequence: 0)
            if let numbers = dropout.classifier { workspace.kernels.dropOut(dInner, numbers, firstRow: firstRow) }
            workspace.kernels.activateBackward(head.activation, before: inner, dInner, into: dInner)
            head.hidden.backward(dInner, into: hiddenGradient, workspace: workspace)
            if head.dropsInput, let numbers = dropout.classifierInput {
                workspace.kernels.dropOut(hiddenGradient, numbers, firstRow: firstRow)
            }
        }
        pool.run(
            head.hidden.gradients(of: dInner, input: first)
                + head.output.gradients(of: outputGradient, input: activated))
    }
}
