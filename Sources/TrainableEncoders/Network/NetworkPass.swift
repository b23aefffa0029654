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
    /// [T][H] behind the last layer, or [B][H] of first tokens.
    let hidden: MatrixView
    /// Which rows those are.
    private let wanted: FinishedRows

    private let keeping: Keeping
    /// [T][H] sums of embeddings before their norm, and its statistics.
    private let sums, statistics: MatrixView
    /// What each layer was given.
    private let inputs: [MatrixView]
    /// The other rows of each layer.
    private let rows: [LayerRows]

    private static let tileTokens = 128

    /// Takes memory.
    init(
        _ network: TrainableNetwork, _ batch: TokenBatch, wanted: FinishedRows, dropout: PassDropout, keeping: Keeping,
        memory: Workspace
    ) {
        let layout = batch.layout
        let count = layout.tokenCount
        self.network = network
        self.batch = batch
        self.layout = layout
        self.dropout = dropout
        self.keeping = keeping
        tiles = TilePlan(layout, targetTokens: Self.tileTokens, threads: 4).tiles
        self.wanted = wanted
        hidden = memory.roomyMatrix(rows: wanted == .all ? count : layout.count, columns: network.width)
        let kept = keeping == .nothing ? 0 : count
        sums = memory.roomyMatrix(rows: kept, columns: network.width)
        statistics = MatrixView(memory.floats(2 * kept), rows: kept, columns: 2)
        inputs = network.layers.map { _ in memory.roomyMatrix(rows: kept, columns: network.width) }
        rows =
            keeping == .all
            ? zip(network.layers, inputs).map { layer, input in
                LayerRows(
                    input: input, sequences: layout.count,
                    kind: layer.number == network.layers.count - 1 ? wanted : .all, layer: layer, memory: memory)
            } : []
    }

    /// Takes all tiles through all layers.
    func forward(pool: WorkerPool) {
        pool.run(tiles.count) { index, worker in forward(tile(tiles[index]), workspace: worker.workspace) }
    }

    private func place(_ tile: TileRows, _ kind: FinishedRows) -> TrainableLayer.Place {
        let first = dropout.row(ofToken: tile.tokens.lowerBound)
        return TrainableLayer.Place(
            layout: layout.slice(tile.sequences), firstToken: first,
            firstFinishedRow: kind == .all ? first : dropout.row(ofSequence: tile.sequences.lowerBound),
            dropout: dropout, relativeBias: network.relativeBias?.bias)
    }

    private func tile(_ sequences: Range<Int>) -> TileRows {
        TileRows(sequences: sequences, tokens: layout.rows(of: sequences))
    }

    private func kind(_ layer: TrainableLayer) -> FinishedRows {
        layer.number == network.layers.count - 1 ? wanted : .all
    }

    private func forward(_ tile: TileRows, workspace: Workspace) {
        let own = tile.tokens
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let scratch = { workspace.matrix(rows: own.count, columns: network.width) }
        let isKept = keeping != .nothing
        var input = isKept ? inputs[0].rows(own) : scratch()
        network.embeddings.forward(
            batch, sequences: tile.sequences, layout: layout, dropout: dropout,
            sums: isKept ? sums.rows(own) : scratch(),
            statistics: isKept
                ? statistics.rows(own) : MatrixView(workspace.floats(2 * own.count), rows: own.count, columns: 2),
            into: input, workspace: workspace)
        var other = isKept ? input : scratch()
        for (number, layer) in network.layers.enumerated() {
            let mark = workspace.mark()
            let isLast = number == network.layers.count - 1
            let result =
                isLast ? hidden.rows(tile.finished(wanted)) : isKept ? inputs[number + 1].rows(own) : other
            let rows =
                keeping == .all
                ? self.rows[number].rows(tile)
                : LayerRows(
                    input: input, sequences: tile.sequences.count, kind: kind(layer), layer: layer, memory: workspace)
            layer.forward(rows, place(tile, rows.kind), into: result, workspace: workspace)
            (input, other) = (result, input)
            workspace.release(mark)
        }
    }

    /// Adds the gradients of all parameters of the network.
    ///
    /// - Parameters:
    ///   - gradient: of ``hidden``, and of its shape.
    ///   - memory: for what is only needed here.
    func backward(_ gradient: MatrixView, memory: Workspace, pool: WorkerPool) {
        precondition(keeping != .nothing, "the pass keeps nothing for the way back")
        let count = layout.tokenCount
        let matrix = { memory.roomyMatrix(rows: count, columns: network.width) }
        var (dY, dX, other) = (gradient, matrix(), matrix())
        guard let first = network.layers.first else { return }
        let gradients = LayerGradientRows(rows: count, layer: first, memory: memory)
        let recomputed = { (kind: FinishedRows) in
            LayerRows(input: inputs[0], sequences: layout.count, kind: kind, layer: first, memory: memory)
        }
        let shared =
            keeping == .all ? [] : wanted == .all ? [recomputed(.all)] : [recomputed(.all), recomputed(.firstTokens)]
        let lineCount = network.relativeBias?.lineCount ?? 0
        let lines = memory.matrix(rows: tiles.count, columns: lineCount)
        lines.fill(0)
        for (number, layer) in network.layers.enumerated().reversed() {
            let kind = kind(layer)
            let rows =
                shared.isEmpty
                ? self.rows[number]
                : shared[kind == .all ? 0 : 1].with(input: inputs[number], sequences: layout.count)
            let (from, to) = (dY, dX)
            pool.run(tiles.count) { index, worker in
                let tile = tile(tiles[index])
                let (place, finished) = (place(tile, kind), tile.finished(kind))
                let workspace = worker.workspace
                if keeping == .inputs {
                    let mark = workspace.mark()
                    let result = workspace.matrix(rows: finished.count, columns: network.width)
                    layer.forward(rows.rows(tile), place, into: result, workspace: workspace)
                    workspace.release(mark)
                }
                layer.backward(
                    from.rows(finished), rows.rows(tile), gradients.rows(tile, kind), place,
                    relativeGradient: lineCount > 0 ? lines[index].baseAddress : nil, into: to.rows(tile.tokens),
                    workspace: workspace)
            }
            let whole = TileRows(sequences: 0..<layout.count, tokens: 0..<count)
            pool.run(layer.parameterGradients(from, rows, gradients.rows(whole, kind)))
            (dY, dX, other) = (dX, other, dX)
        }
        network.relativeBias?.addGradients(lines)
        network.embeddings.backward(
            dY, batch, layout: layout, tiles: tiles, dropout: dropout, sums: sums, statistics: statistics, dSums: dX,
            memory: memory, pool: pool)
    }
}
