import SQLite
import Synchronization

/// The writing side of a store: one connection behind one lock.
final class DocumentWriter: Sendable {
    private let path: String
    private let session: Mutex<WriteSession?>
    /// Read by ``statistics`` without waiting for a write.
    private let counters: Mutex<StoreCounters>
    /// What `current` does not have yet; shared with the readers.
    let recent: RecentIDs

    init(path: String, create: Bool, durability: Durability) throws(DocumentStoreError) {
        self.path = path
        recent = RecentIDs()
        let session = try WriteSession(path: path, create: create, durability: durability, recent: recent)
        counters = Mutex(session.counters)
        self.session = Mutex(session)
    }

    func write(
        _ batches: [[DocumentOperation]]
    ) throws(DocumentStoreError) -> [[Result<DocumentOutcome, VersionConflict>]] {
        try with { session throws(DocumentStoreError) in
            defer { counters.withLock { $0 = session.counters } }
            return try session.write(batches)
        }
    }

    func setDurability(_ durability: Durability) throws(DocumentStoreError) {
        try with { session throws(DocumentStoreError) in try session.setDurability(durability) }
    }

    func synchronize() throws(DocumentStoreError) {
        try with { session throws(DocumentStoreError) in try session.synchronize() }
    }

    func purge(through seqNo: Int64, tombstonesThrough: Int64) throws(DocumentStoreError) -> Int {
        var removed = 0
        var next: Int64? = -1
        while let after = next {
            let portion = try with { session throws(DocumentStoreError) in
                try session.purge(after: after, through: seqNo, tombstonesThrough: tombstonesThrough)
            }
            removed += portion.removed
            next = portion.last
        }
        return removed
    }

    func close() {
        session.withLock { session in
            session?.close()
            session = nil
        }
    }

    var statistics: DocumentStatistics {
        let counters = counters.withLock { $0 }
        return DocumentStatistics(
            liveDocuments: counters.live, maximumSeqNo: counters.nextSeqNo - 1, primaryTerm: counters.primaryTerm,
            bytes: FileSize.of(path) + FileSize.of(path + "-wal"))
    }

    private func with<Value: Sendable>(
        _ body: (WriteSession) throws(DocumentStoreError) -> Value
    ) throws(DocumentStoreError) -> Value {
        let outcome = session.withLock { session -> Result<Value, DocumentStoreError> in
            guard let session else { return .failure(.closed(path)) }
            do throws(DocumentStoreError) { return .success(try body(session)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}

/// What a store remembers about itself.
struct StoreCounters: Sendable {
    var nextSeqNo: Int64
    var primaryTerm: Int64
    var live: Int
    /// The last operation whose id is in the table `current`.
    var idsThrough: Int64
}
