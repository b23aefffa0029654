import SQLite
import Synchronization

/// The documents of record of one index: one SQLite file in write-ahead mode.
///
/// Every operation gets the next sequence number, which is the key of its row; nothing is overwritten, so a reader that knows a
/// sequence number finds that very document until it is purged. A write that returns under ``Durability/request`` survives
/// kill -9 and the loss of power.
///
/// All methods may be called from any thread and block it: call them from threads that may wait. Writes are serialised; reads
/// never wait for a write.
public final class DocumentStore: Sendable {
    /// The file.
    public let path: String
    private let writer: DocumentWriter
    private let readers: ReaderPool
    private let group = GroupCommit()

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - path: The file. Beside it SQLite keeps `-wal` and `-shm` while it is open.
    ///   - create: Makes an empty store if there is no file.
    ///   - durability: Whether a write waits for the disk, and did when the store was last open.
    /// - Throws: ``DocumentStoreError``: missing, damaged, newer format, locked, read-only.
    public init(
        path: String, create: Bool = false, durability: Durability = .request
    ) throws(DocumentStoreError) {
        self.path = path
        writer = try DocumentWriter(path: path, create: create, durability: durability)
        readers = ReaderPool(path: path, recent: writer.recent)
    }

    // MARK: Writing

    /// Applies operations in their order, in one transaction with one synchronisation of the file.
    ///
    /// Writers that come at the same time share both.
    ///
    /// - Returns: For each operation what became of it. A conflict concerns its operation alone; the others are stored.
    /// - Throws: ``DocumentStoreError``; nothing of the call is stored then, nor of those that shared the transaction.
    /// - Complexity: O(n log N); about one synchronisation plus some microseconds an operation.
    public func write(_ operations: [DocumentOperation]) throws(DocumentStoreError) -> WriteReceipt {
        try group.write(operations) { batches throws(DocumentStoreError) in try writer.write(batches) }
    }

    /// What became of one operation: an outcome, or the conflict because of which nothing was done.
    public typealias WriteResult = Result<DocumentOutcome, VersionConflict>

    /// Sets whether a write waits for the disk.
    ///
    /// Holds for the writes that follow.
    public func setDurability(_ durability: Durability) throws(DocumentStoreError) {
        try writer.setDurability(durability)
    }

    /// Makes everything that was written durable; what ``Durability/async`` needs from time to time.
    public func synchronize() throws(DocumentStoreError) { try writer.synchronize() }

    /// Removes rows that were superseded by operations up to `seqNo`, in portions that let writers in between.
    ///
    /// - Parameters:
    ///   - seqNo: At most the lowest sequence number up to which an open reader or the segments on disk have seen all operations.
    ///   - tombstonesThrough: Tombstones up to this operation are forgotten too, and with them the version of the deleted document.
    /// - Returns: Rows that were removed.
    @discardableResult
    public func purge(
        supersededThrough seqNo: Int64, tombstonesThrough: Int64 = -1
    ) throws(DocumentStoreError) -> Int {
        try writer.purge(through: seqNo, tombstonesThrough: tombstonesThrough)
    }

    /// Writes the log into the file and closes it.
    ///
    /// Later calls throw ``DocumentStoreError/Kind/closed``.
    ///
    /// Harmless when repeated.
    public func close() {
        readers.close()
        writer.close()
    }

    // MARK: Reading

    /// The document with this id as it is now: every write that has returned is seen.
    public func document(id: String) throws(DocumentStoreError) -> StoredDocument? {
        try readers.with { reader throws(DocumentStoreError) in try reader.document(id: id) }
    }

    /// The sequence number of the live document with this id, without reading its source.
    public func seqNo(ofID id: String) throws(DocumentStoreError) -> Int64? {
        try readers.with { reader throws(DocumentStoreError) in try reader.seqNo(ofID: id) }
    }

    /// The sequence numbers of the documents with these ids as they were after the operation `notAfter`; `nil` where there was none.
    ///
    /// Right as long as what was superseded after `notAfter` is not purged.
    public func seqNos(ofIDs ids: [String], notAfter: Int64) throws(DocumentStoreError) -> [Int64?] {
        try readers.with { reader throws(DocumentStoreError) in
            var found: [Int64?] = []
            for id in ids { found.append(try reader.seqNo(ofID: id, notAfter: notAfter)) }
            return found
        }
    }

    /// Documents by their sequence numbers, superseded ones too as long as they are not purged; `nil` where there is none.
    ///
    /// For hits: one call for a page of them. O(n log N), about a microsecond each when the pages are in memory.
    public func documents(seqNos: [Int64]) throws(DocumentStoreError) -> [StoredDocument?] {
        try readers.with { reader throws(DocumentStoreError) in
            var found: [StoredDocument?] = []
            found.reserveCapacity(seqNos.count)
            for seqNo in seqNos { found.append(try reader.document(seqNo: seqNo)) }
            return found
        }
    }

    /// The operations after `seqNo` in their order: for recovery, rebuilding and going through all documents.
    ///
    /// What was purged is not there any more, which changes nothing for whoever replays the rest.
    ///
    /// - Parameters:
    ///   - seqNo: The last operation that is known already; -1 for all.
    ///   - limit: At most so many operations.
    ///   - byteLimit: Stops after the operation with which the sources reach this size.
    /// - Returns: Operations; none at the end.
    public func operations(
        after seqNo: Int64, limit: Int = 1_000, byteLimit: Int = 8 << 20
    ) throws(DocumentStoreError) -> [LoggedOperation] {
        try readers.with { reader throws(DocumentStoreError) in
            try reader.operations(after: seqNo, limit: limit, byteLimit: byteLimit)
        }
    }

    /// What is in the store now.
    public var statistics: DocumentStatistics { writer.statistics }

    /// Reads everything and compares it with its checksums: minutes for large stores.
    ///
    /// - Parameter progress: Called from time to time with the number of rows that were read.
    /// - Throws: ``DocumentStoreError`` with the first damage.
    public func verify(progress: (Int) -> Void = { _ in }) throws(DocumentStoreError) {
        try readers.with { reader throws(DocumentStoreError) in try reader.verify(progress: progress) }
    }
}
