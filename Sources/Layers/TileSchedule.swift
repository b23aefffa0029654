/// In which order the tiles of a call are computed: most by one thread each, the rest one after the other by all threads,
/// so that none of them is idle while another one has much left.
package struct TileSchedule: Sendable {
    /// Ranges of sequence numbers for one thread each, by falling number of tokens.
    package let alone: [Range<Int>]
    /// What follows, by all threads together.
    package let together: [Range<Int>]

    /// As many tiles as this may be computed in one piece: all rows of a piece are in memory at once.
    package static let mostTiles = 4

    /// Plans a call.
    ///
    /// - Parameters:
    ///   - layout: the sequences.
    ///   - targetTokens: the wished number of tokens of a tile.
    ///   - threads: threads of the call.
    ///   - sharing: threads that could share a tile.
    ///   - cost: of the network.
    package init(_ layout: SequenceLayout, targetTokens: Int, threads: Int, sharing: Int, cost: SplitCost) {
        let tiles = TilePlan(layout, targetTokens: targetTokens, threads: threads).tiles
        guard threads > 1, sharing > 1, !tiles.isEmpty else {
            (alone, together) = (tiles, [])
            return
        }
        let lengths = tiles.map { layout.rows(of: $0).count }
        // When the first so many tiles have ended: each goes to the thread that is free first.
        var ends = [Double](repeating: 0, count: threads)
        var finished = [0.0]
        for tokens in lengths {
            let thread = ends.indices.min { ends[$0] < ends[$1] } ?? 0
            ends[thread] += cost.seconds(tokens: tokens, .none)
            finished.append(ends.max() ?? 0)
        }
        var best = (seconds: finished[tiles.count] * 0.95, alone: tiles.count, isOneTile: false)
        var shared = 0.0
        for count in 1...min(tiles.count, threads) {
            shared += cost.best(tokens: lengths[tiles.count - count], threads: sharing).seconds
            let seconds = finished[tiles.count - count] + shared
            if seconds < best.seconds { best = (seconds, tiles.count - count, false) }
        }
        if layout.tokenCount / min(threads, Self.mostTiles) <= targetTokens {
            let seconds = cost.best(tokens: layout.tokenCount, threads: sharing).seconds
            if seconds < best.seconds { best = (seconds, 0, true) }
        }
        alone = Array(tiles[..<best.alone])
        together = best.isOneTile ? [0..<layout.count] : Array(tiles[best.alone...])
    }
}
