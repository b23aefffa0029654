import SearchIndex
import Synchronization

/// Up to which operation each open reader sees the index: rows that were superseded later have to stay.
final class ReaderRegistry: Sendable {
    private let readers = Mutex<[Int64: Int]>([:])

    func add(_ seqNo: Int64) { readers.withLock { $0[seqNo, default: 0] += 1 } }

    func remove(_ seqNo: Int64) {
        readers.withLock { readers in
            let left = (readers[seqNo] ?? 1) - 1
            readers[seqNo] = left == 0 ? nil : left
        }
    }

    /// The lowest operation among all readers; `nil` without readers.
    var lowest: Int64? { readers.withLock { $0.keys.min() } }
}

/// A refresh's result, kept alive by everyone who reads it.
final class VisibleState: Sendable {
    let snapshot: IndexSnapshot
    /// All operations up to this one are seen, and none after it.
    let through: Int64
    private let registry: ReaderRegistry

    init(_ snapshot: IndexSnapshot, through: Int64, _ registry: ReaderRegistry) {
        self.snapshot = snapshot
        self.through = through
        self.registry = registry
        registry.add(through)
    }

    deinit { registry.remove(through) }
}
