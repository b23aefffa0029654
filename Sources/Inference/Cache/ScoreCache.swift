import Synchronization

/// The raw outputs of a cross-encoder for inputs that it has seen, within a bound of bytes.
///
/// Least recently used entries go first, among the eight that share a place. Split into parts with a lock each, so that
/// compute threads seldom meet.
package final class ScoreCache: Sendable {
    /// What is known of an input.
    package struct Entry: Sendable, Hashable {
        package var logits: [Float]
        /// Tokens that were computed, of all windows.
        package var tokenCount: Int
        package var isTruncated: Bool
        /// The best window and their number.
        package var window: Int
        package var windowCount: Int
    }

    /// What the cache did and holds.
    package struct Statistics: Sendable, Hashable {
        package var hits = 0
        package var misses = 0
        package var evictions = 0
        package var entries = 0
        package var byteCount = 0
    }

    private let shards: [Shard]

    private final class Shard: Sendable {
        let table: Mutex<ScoreTable>
        let hits = Atomic<Int>(0)
        let misses = Atomic<Int>(0)

        init(_ table: ScoreTable) { self.table = Mutex(table) }
    }

    /// An empty cache; nil if `bytes` are too few for a single entry.
    ///
    /// - Parameter labels: the number of outputs of each entry.
    package init?(bytes: Int, labels: Int) {
        // A part that grows holds its old and its new memory at once: one part's worth is set aside for that.
        let count = 16
        let share = bytes / (count + 1)
        guard let table = ScoreTable(labels: labels, maximumBytes: share) else { return nil }
        shards = (0..<count).map { _ in Shard(table) }
    }

    /// What is known of an input.
    func entry(of key: InputKey) -> Entry? {
        let shard = shard(of: key)
        let entry = shard.table.withLock { $0.find(key) }
        if entry == nil {
            shard.misses.wrappingAdd(1, ordering: .relaxed)
        } else {
            shard.hits.wrappingAdd(1, ordering: .relaxed)
        }
        return entry
    }

    /// Keeps what was computed for an input.
    func insert(_ entry: Entry, for key: InputKey) {
        shard(of: key).table.withLock { $0.insert(entry, for: key) }
    }

    /// What the cache did so far and holds now.
    package var statistics: Statistics {
        shards.reduce(into: Statistics()) { sum, shard in
            sum.hits += shard.hits.load(ordering: .relaxed)
            sum.misses += shard.misses.load(ordering: .relaxed)
            shard.table.withLock {
                sum.evictions += $0.evictions
                sum.entries += $0.count
                sum.byteCount += $0.byteCount
            }
        }
    }

    private func shard(of key: InputKey) -> Shard { shards[Int(key.low % UInt64(shards.count))] }
}
