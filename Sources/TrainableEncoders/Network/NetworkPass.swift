import Layers
import Tensors

/// A pass of a batch through embeddings and layers, with the rows that the way back needs.
struct NetworkPass: Sendable {
    /// What is kept for the way back.
    enum Keeping: Sendable {
        case nothing
        case inputs
        case all
    }

    let network: TrainableNetwork
    let batch: TokenBatch
    let layout: SequenceLayout
    /// Runs of sequences that one thread takes at a time; the same whatever the number of threads, since sums go by tiles.
    let tiles: [Range<Int>]
    let dropout: PassDropout
    /// [T][H] behind the last layer.
    let hidden: MatrixView

    private let keeping: Keeping
    /// [T][H] sums of embeddings before their norm, and its statistics.
    private let sums, statistics: MatrixView
    /// What each layer was given.
    private let inputs: [MatrixView]
    /// The other rows of each layer.
    private let rows: [LayerRows]

    private static let tileTokens = 128

    /// Takes memory.
    init(_ network: TrainableNetwork, _ batch: TokenBatch, dropout: PassDropout, keeping: Keeping, memory: Workspace) {
        let layout = batch.layout
        let count = layout.tokenCount
        self.network = network
        self.batch = batch
        self.layout = layout
        self.dropout = dropout
        self.keeping = keeping
        tiles = TilePlan(layout, targetTokens: Self.tileTokens, threads: 4).tiles
        hidden = memory.matrix(rows: count, columns: network.width)
        let kept = keeping == .nothing ? 0 : count
        sums = memory.matrix(rows: kept, columns: network.width)
        statistics = MatrixView(memory.floats(2 * kept), rows: kept, columns: 2)
        inputs = network.layers.map { _ in memory.matrix(rows: kept, columns: network.width) }
        rows =
            keeping == .all
            ? zip(network.layers, inputs).map { LayerRows(input: $1, layer: $0, memory: memory) } : []
    }

    /// Takes all tiles through all layers.
    func forward(pool: WorkerPool) {
        pool.run(tiles.count) { index, worker in forward(tiles[index], workspace: worker.workspace) }
    }

    private func place(_ tile: Range<Int>) -> TrainableLayer.Place {
        TrainableLayer.Place(
            layout: layout.slice(tile), firstRow: layout.rows(of: tile).lowerBound, dropout: dropout,
            relativeBias: network.relativeBias?.bias)
    }

    private func forward(_ tile: Range<Int>, workspace: Workspace) {
        let own = layout.rows(of: tile)
        let place = place(tile)
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let scratch = { workspace.matrix(rows: own.count, columns: network.width) }
        let isKept = keeping != .nothing
        var input = isKept ? inputs[0].rows(own) : scratch()
        network.embeddings.forward(
            batch, sequences: tile, layout: layout, dropout: dropout, sums: isKept ? sums.rows(own) : scratch(),
            statistics: isKept
                ? statistics.rows(own) : MatrixView(workspace.floats(2 * own.count), rows: own.count, columns: 2),
            into: input, workspace: workspace)
        var other = isKept ? input : scratch()
        for (number, layer) in network.layers.enumerated() {
            let mark = workspace.mark()
            let isLast = number == network.layers.count - 1
            let result = isLast ? hidden.rows(own) : isKept ? inputs[number + 1].rows(own) : other
            let rows =
                keeping == .all
                ? self.rows[number].rows(own) : LayerRows(input: input, layer: layer, memory: workspace)
            layer.forward(rows, place, into: result, workspace: workspace)
            (input, other) = (result, input)
            workspace.release(mark)
        }
    }

    /// Adds the gradients of all parameters of the network.
    ///
    /// - Parameters:
    ///   - gradient: [T][H], of ``hidden``; overwritten.
    ///   - memory: for what is only needed here.
    func backward(_ gradient: MatrixView, memory: Workspace, pool: WorkerPool) {
        precondition(keeping != .nothing, "the pass keeps nothing for the way back")
        let count = layout.tokenCount
        var (dY, dX) = (gradient, memory.matrix(rows: count, columns: network.width))
        guard let first = network.layers.first else { return }
        let gradients = LayerGradientRows(rows: count, layer: first, memory: memory)
        let shared = keeping == .all ? nil : LayerRows(input: inputs[0], layer: first, memory: memory)
        let lineCount = network.relativeBias?.lineCount ?? 0
        let lines = memory.matrix(rows: tiles.count, columns: lineCount)
        lines.fill(0)
        for (number, layer) in network.layers.enumerated().reversed() {
            let rows = shared?.with(input: inputs[number]) ?? self.rows[number]
            let (from, to) = (dY, dX)
            pool.run(tiles.count) { index, worker in
                let tile = tiles[index]
                let (own, place) = (layout.rows(of: tile), place(tile))
                let workspace = worker.workspace
                if keeping == .inputs {
                    let mark = workspace.mark()
                    let result = workspace.matrix(rows: own.count, columns: network.width)
                    layer.forward(rows.rows(own), place, into: result, workspace: workspace)
                    workspace.release(mark)
                }
                layer.backward(
                    from.rows(own), rows.rows(own), gradients.rows(own), place,
                    relativeGradient: lineCount > 0 ? lines[index].baseAddress : nil, into: to.rows(own),
                    workspace: workspace)
            }
            pool.run(layer.parameterGradients(from, rows, gradients))
            (dY, dX) = (dX, dY)
        }
        network.relativeBias?.addGradients(lines)
        network.embeddings.backward(
            dY, batch, layout: layout, tiles: tiles, dropout: dropout, sums: sums, statistics: statistics, dSums: dX,
            memory: memory, pool: pool)
    }
}
