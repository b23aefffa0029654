import Layers
import Synchronization
import Tensors

/// Takes the sequences of a call through a network, tile by tile over the worker pool, and puts results in input order.
///
/// Most tiles go through the whole network on one thread, in that thread's workspace: activations stay in the core's
/// cache, threads meet only at the end, and memory is that of one tile per thread whatever the size of the call. The tiles of
/// a small call, and the last ones of another, are shared by all threads.
struct TileRunner: Sendable {
    /// The threads.
    let pool: WorkerPool
    /// The wished number of tokens of a tile.
    let tileTokens: Int

    /// Gives one result for each sequence of the tile that it is given, with the calling thread's worker and the team that
    /// shares the tile, if there is one.
    typealias Body<Result> =
        @Sendable (_ tile: ArraySlice<TokenSequence>, Worker, (any Team)?) throws(EncoderError) -> [Result]

    /// One result for each sequence.
    ///
    /// - Parameters:
    ///   - sequences: checked against the network's tables before.
    ///   - cost: of the network.
    ///   - control: asked before, and told after, each tile.
    ///   - body: the first error stops the call once the running tiles have ended.
    func map<Result: Sendable>(
        _ sequences: [TokenSequence], cost: SplitCost, control: EncodingControl, _ body: @escaping Body<Result>
    ) throws(EncoderError) -> [Result] {
        // Long ones first: a tile holds sequences of like length, and the last tiles to be taken are small.
        let order = sequences.indices.sorted { (sequences[$1].count, $0) < (sequences[$0].count, $1) }
        let sorted = order.map { sequences[$0] }
        let layout = SequenceLayout(lengths: sorted.map(\.count))
        let schedule = TileSchedule(
            layout, targetTokens: tileTokens, threads: pool.threads, sharing: pool.freeThreads, cost: cost)

        let progress = Mutex(Progress<Result>(count: sequences.count))
        let isStopped = Atomic<Bool>(false)
        let compute: @Sendable (Range<Int>, Worker, (any Team)?) -> Void = { range, worker, team in
            if isStopped.load(ordering: .relaxed) { return }
            do throws(EncoderError) {
                if control.isCancelled?() == true {
                    throw EncoderError(.cancelled, "the caller cancelled the work", advice: "Ask again if it is needed")
                }
                let results = try body(sorted[range], worker, team)
                precondition(results.count == range.count, "one result for each sequence")
                progress.withLock { progress in
                    for (position, result) in zip(range, results) { progress.results[order[position]] = result }
                    progress.sequences += range.count
                    progress.tokens += layout.rows(of: range).count
                    control.onProgress?(
                        EncodingProgress(
                            completedSequences: progress.sequences, totalSequences: sequences.count,
                            completedTokens: progress.tokens, totalTokens: layout.tokenCount))
                }
            } catch {
                isStopped.store(true, ordering: .relaxed)
                progress.withLock { if $0.failure == nil { $0.failure = error } }
            }
        }
        pool.run(schedule.alone.count) { index, worker in compute(schedule.alone[index], worker, nil) }
        for range in schedule.together {
            pool.run(1) { [pool] _, worker in compute(range, worker, pool) }
        }
        return try progress.withLock { (progress) throws(EncoderError) in
            if let failure = progress.failure { throw failure }
            return progress.results.compactMap { $0 }
        }
    }

    private struct Progress<Result: Sendable>: Sendable {
        var results: [Result?]
        var sequences = 0
        var tokens = 0
        var failure: EncoderError?

        init(count: Int) {
            results = Array(repeating: nil, count: count)
        }
    }
}
