import Layers
import Tensors

/// One tile on its way through a network: some sequences, of one call or of several, packed back to back.
struct Tile {
    /// The sequences, in the order of the rows.
    let sequences: ArraySlice<TokenSequence>
    /// Where each lies in the rows.
    let layout: SequenceLayout
}

extension EncoderCore {
    /// Takes some sequences through the network, in the worker's memory.
    ///
    /// - Parameters:
    ///   - sequences: checked against the network's tables before.
    ///   - worker: of the calling thread.
    ///   - team: threads that share the tile; nil for the calling thread alone.
    ///   - body: gives one result for each sequence.
    func runTile<Result>(
        _ sequences: ArraySlice<TokenSequence>, rows: TransformerEncoder.Rows, on worker: Worker,
        with team: (any Team)?,
        _ body: (Tile, _ hidden: MatrixView, Workspace) throws(EncoderError) -> [Result]
    ) throws(EncoderError) -> [Result] {
        let workspace = worker.workspace
        let mark = workspace.mark()
        workspace.observer = observer
        defer {
            workspace.observer = nil
            workspace.release(mark)
        }
        var batch = TokenBatch()
        for sequence in sequences { batch.append(ids: sequence.ids, typeIDs: sequence.typeIDs) }
        let tile = Tile(sequences: sequences, layout: batch.layout)
        let hidden = workspace.matrix(
            rows: rows == .all ? tile.layout.tokenCount : tile.layout.count, columns: network.hiddenSize)
        if let team {
            network.forward(
                batch, sequences: 0..<batch.count, layout: tile.layout, rows: rows, into: hidden, worker: worker,
                team: team)
        } else {
            network.forward(
                batch, sequences: 0..<batch.count, layout: tile.layout, rows: rows, into: hidden, workspace: workspace)
        }
        // The maximum that some heads take could hide a NaN, so it is looked for here.
        guard workspace.kernels.allFinite(hidden) else { throw EncoderError.notFinite }
        return try body(tile, hidden, workspace)
    }
}

extension EncoderError {
    /// The network produced infinity or NaN.
    static var notFinite: EncoderError {
        EncoderError(
            .notFinite, "the network produced values that are infinite or not numbers",
            advice: "Check the weights of the model; no text does this to sound ones")
    }
}
