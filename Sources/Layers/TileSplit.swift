package import Tensors

/// How the threads of a team share one tile.
package enum TileSplit: Sendable, Hashable {
    /// One thread computes all of it.
    case none
    /// Each part computes some rows and reads all weights.
    case rows(parts: Int)
    /// Each part computes all rows and reads a part of the weights.
    case panels(parts: Int)
}

extension TransformerEncoder {
    /// The same as `forward(_:sequences:layout:rows:into:workspace:)`, bit by bit, shared by the threads of a team.
    ///
    /// - Parameters:
    ///   - worker: of the calling thread.
    ///   - split: how the threads share it; nil for the fastest way.
    package func forward(
        _ batch: TokenBatch, sequences: Range<Int>, layout: SequenceLayout, rows: Rows, into result: MatrixView,
        worker: Worker, team: any Team, split: TileSplit? = nil
    ) {
        let workspace = worker.workspace
        let (parts, byRows): (Int, Bool)
        let tokens = layout.rows(of: sequences).count
        switch split ?? cost.best(tokens: tokens, threads: team.freeThreads).split {
        case .none: (parts, byRows) = (1, false)
        case .rows(let count): (parts, byRows) = (count, true)
        case .panels(let count): (parts, byRows) = (count, false)
        }
        if parts <= 1 || layers.isEmpty {
            forward(
                batch, sequences: sequences, layout: layout, rows: rows, into: result, workspace: workspace)
            return
        }
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let work = SplitForward(
            self, batch, sequences: sequences, layout: layout, rows: rows, byRows: byRows, parts: parts, into: result,
            workspace: workspace)
        team.run(phases: work.phases, parts: parts, leader: worker) { phase, part, worker in
            work.run(phase, part, worker)
        }
        work.finish(into: result, workspace: workspace)
    }
}
