public import Tensors

extension TransformerEncoder {
    /// Computes a whole batch on the threads of a pool: [T][H] or [B][H] by `rows`, with the same bits for any pool.
    ///
    /// Ids must be inside the tables: see `Embeddings.problem(in:)`.
    ///
    /// - Parameter targetTokens: the wished number of tokens of a tile.
    public func forward(
        _ batch: TokenBatch, rows: Rows, into result: MatrixView, pool: WorkerPool, targetTokens: Int = 96
    ) {
        let layout = batch.layout
        precondition(result.rows == (rows == .all ? layout.tokenCount : layout.count), "result has the wrong row count")
        let schedule = TileSchedule(
            layout, targetTokens: targetTokens, threads: pool.threads, sharing: pool.freeThreads, cost: cost)
        let target: @Sendable (Range<Int>) -> MatrixView = { result.rows(rows == .all ? layout.rows(of: $0) : $0) }
        pool.run(schedule.alone.count) { index, worker in
            let tile = schedule.alone[index]
            forward(
                batch, sequences: tile, layout: layout, rows: rows, into: target(tile), workspace: worker.workspace)
        }
        for tile in schedule.together {
            pool.run(1) { _, worker in
                forward(
                    batch, sequences: tile, layout: layout, rows: rows, into: target(tile), worker: worker, team: pool)
            }
        }
    }
}
