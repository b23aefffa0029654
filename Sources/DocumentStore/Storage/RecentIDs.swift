import Synchronization

/// The ids of the latest operations, in memory, before they are entered into the table `current` all at once.
///
/// Entering ids one by one would touch about one page for each when they come in random order, and write all those pages to the
/// log with every commit. Gathered and sorted, many ids share a page. Nothing is lost with the memory: `documents` has the ids too, and
/// the store reads those after `ids_through` again when it is opened.
final class RecentIDs: Sendable {
    private let table = Mutex(KeyTable())

    /// The last operation about an id among the committed recent ones.
    func seqNo(of id: String) -> Int64? {
        id.withBytes { bytes in seqNo(of: bytes, hash: KeyTable.hash(bytes)) }
    }

    /// The same for an id whose hash is known.
    func seqNo(of id: UnsafeRawBufferPointer, hash: UInt64) -> Int64? {
        table.withLock { $0.seqNo(of: id, hash: hash) }
    }

    /// How many ids there are.
    var count: Int { table.withLock { $0.count } }

    /// Takes in what a transaction has committed.
    ///
    /// - Parameter replacing: Forgets what was there: it is committed to the table now.
    func add(_ committed: KeyTable, replacing: Bool) {
        table.withLock { table in
            if replacing { table.removeAll() }
            table.merge(committed)
        }
    }

    /// All of them, as of now.
    var all: KeyTable { table.withLock { $0 } }
}
