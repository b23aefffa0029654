/// A batch cut into tiles: runs of consecutive sequences that one thread takes through all layers, depth first, so that
/// the rows stay in its cache.
///
/// Sequences are not split, so a tile with one long sequence may exceed the target. Tiles are ordered longest first,
/// which levels the load at the end. Results do not depend on the plan.
public struct TilePlan: Sendable {
    /// Ranges of sequence numbers, by falling number of tokens.
    public let tiles: [Range<Int>]

    /// Cuts a batch.
    ///
    /// - Parameters:
    ///   - layout: the batch.
    ///   - targetTokens: tokens per tile; anything from 32 to 512 runs at about the same speed.
    ///   - threads: when the batch is small, tiles shrink so that each thread gets one.
    public init(_ layout: SequenceLayout, targetTokens: Int = 96, threads: Int = 1) {
        let target = Self.evenTokens(layout.tokenCount, targetTokens: targetTokens, threads: threads)
        var tiles: [Range<Int>] = []
        var first = 0
        var tokens = 0
        for sequence in 0..<layout.count {
            let length = layout.length(of: sequence)
            // Whichever is nearer to the target: with or without this sequence.
            if tokens > 0 && tokens + length - target > target - tokens {
                tiles.append(first..<sequence)
                first = sequence
                tokens = 0
            }
            tokens += length
        }
        if first < layout.count { tiles.append(first..<layout.count) }
        self.tiles = tiles.sorted {
            (layout.rows(of: $0).count, $1.lowerBound) > (layout.rows(of: $1).count, $0.lowerBound)
        }
    }

    /// The size of tiles that are about equal, at most `targetTokens` long, and as many for each thread.
    public static func evenTokens(_ total: Int, targetTokens: Int, threads: Int) -> Int {
        let targetTokens = min(max(targetTokens, 1), 1 << 20)
        let wanted = max(1, (total + targetTokens - 1) / targetTokens)
        let count = max(1, (wanted + threads - 1) / threads * threads)
        return max(1, (total + count - 1) / count)
    }
}
