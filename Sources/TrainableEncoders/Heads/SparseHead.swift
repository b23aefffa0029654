import Layers
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A masked-language head with SPLADE's pooling: one weight for each entry of the vocabulary, from the tokens of a sequence.
///
/// The T x V logits are never in memory: the maximum is taken while they are made, and only the tokens that won have a gradient.
struct SparseHead: TrainableHead {
    let transform: LinearMap
    let activation: Activation
    let norm: NormMap
    /// [V][H]; often the word embeddings.
    let decoder: LinearMap
    /// The function behind the maximum, or in the sum over tokens.
    let saturation: Activation
    /// The sum over tokens instead of the maximum.
    let sums: Bool

    var width: Int { decoder.outputs }
    var maps: [LinearMap] { [transform, decoder] }
    let wanted = FinishedRows.all

    /// The logit that the saturation makes a weight of.
    func logit(of weight: Float) -> Float {
        saturation == .log1pLog1pReLU ? expm1(expm1(weight)) : expm1(weight)
    }

    func forward(
        _ hidden: MatrixView, layout: SequenceLayout, tiles: [Range<Int>], dropout: PassDropout, memory: Workspace,
        pool: WorkerPool
    ) -> any HeadPass {
        let (rows, columns) = (hidden.rows, hidden.columns)
        let inner = memory.roomyMatrix(rows: rows, columns: columns)
        let activated = memory.roomyMatrix(rows: rows, columns: columns)
        let statistics = MatrixView(memory.floats(2 * rows), rows: rows, columns: 2)
        let transformed = memory.roomyMatrix(rows: rows, columns: columns)
        let logits = memory.matrix(rows: layout.count, columns: width)
        let weights = memory.matrix(rows: layout.count, columns: width)
        let winners = memory.integers(layout.count * width)
        pool.run(tiles.count) { index, worker in
            let own = layout.rows(of: tiles[index])
            transform.forward(hidden.rows(own), into: inner.rows(own), workspace: worker.workspace)
            worker.workspace.kernels.activate(activation, inner.rows(own), into: activated.rows(own))
            norm.forward(
                activated.rows(own), into: transformed.rows(own), statistics: statistics.rows(own),
                workspace: worker.workspace)
        }
        let input = decoder.input(transformed, workspace: memory)
        let chunks = SparsePass.chunks(decoder)
        pool.run(chunks.count) { index, worker in
            let panels = chunks[index]
            let entries = SparsePass.entries(panels, of: decoder)
            let kernels = worker.workspace.kernels
            if sums {
                SparsePass.sum(
                    input, layout: layout, decoder, panels: panels, saturation, into: weights.columns(entries),
                    workspace: worker.workspace)
            } else {
                decoder.largest(
                    input, offsets: layout.offsets, panels: panels, into: logits, winners: winners.base,
                    kernels: kernels)
                kernels.activate(saturation, logits.columns(entries), into: weights.columns(entries))
            }
        }
        return SparsePass(
            head: self, hidden: hidden, layout: layout, tiles: tiles, inner: inner, activated: activated,
            statistics: statistics, transformed: transformed, input: input, logits: logits, winners: winners,
            outputs: weights)
    }
}
