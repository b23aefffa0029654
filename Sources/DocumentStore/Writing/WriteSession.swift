import SQLite

/// The open writing connection with its statements.
///
/// Used by one thread at a time: under the lock of ``DocumentWriter``.
final class WriteSession: @unchecked Sendable {
    let connection: Connection
    private(set) var counters: StoreCounters
    private let recent: RecentIDs
    /// The ids of the running transaction.
    private var entered = KeyTable()
    /// More recent ids than that are entered into the table with the next write.
    private static let recentLimit = 32_768
    /// Whether the file says that it is in use: from the first write on until it is closed.
    private var hasWritten = false
    private let begin, commit: Statement
    private let enterCurrent, findCurrent: Statement
    private let insertDocument, findDocument: Statement
    private let insertSuperseded, updateState: Statement

    init(path: String, create: Bool, durability: Durability, recent: RecentIDs) throws(DocumentStoreError) {
        self.recent = recent
        connection = try Schema.openForWriting(path, create: create, durability: durability)
        try Schema.check(connection).get()
        do throws(SQLiteError) {
            begin = try connection.prepare("BEGIN IMMEDIATE")
            commit = try connection.prepare("COMMIT")
            enterCurrent = try connection.prepare(
                "INSERT INTO current (id, seq_no) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET seq_no = excluded.seq_no")
            findCurrent = try connection.prepare("SELECT seq_no FROM current WHERE id = ?1")
            insertDocument = try connection.prepare("INSERT INTO documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            findDocument = try connection.prepare(
                "SELECT version, primary_term, source IS NULL FROM documents WHERE seq_no = ?1")
            insertSuperseded = try connection.prepare("INSERT INTO superseded VALUES (?1, ?2)")
            updateState = try connection.prepare(
                "UPDATE state SET next_seq_no = ?1, primary_term = ?2, live = ?3, ids_through = ?4, in_use = ?5")
            counters = try Self.readCounters(connection)
            recent.add(try Self.readRecent(connection, after: counters.idsThrough), replacing: true)
        } catch {
            throw DocumentStoreError(error)
        }
    }

    private static func readCounters(_ connection: Connection) throws(SQLiteError) -> StoreCounters {
        let state = try connection.prepare("SELECT next_seq_no, primary_term, live, in_use, ids_through FROM state")
        guard try state.step() else {
            throw SQLiteError(
                code: .corrupt, message: "the state is missing", statement: state.sql, path: connection.path)
        }
        // A store that was not closed may have lost operations under async durability, and gives their numbers again: the
        // higher primary term tells the new ones from the old.
        let wasInUse = state.integer(3) != 0
        return StoreCounters(
            nextSeqNo: state.integer(0), primaryTerm: state.integer(1) + (wasInUse ? 1 : 0),
            live: Int(state.integer(2)),
            idsThrough: state.integer(4))
    }

    private static func readRecent(_ connection: Connection, after seqNo: Int64) throws(SQLiteError) -> KeyTable {
        let rows = try connection.prepare("SELECT id, seq_no FROM documents WHERE seq_no > ?1 ORDER BY seq_no")
        try rows.bind(1, seqNo)
        var found = KeyTable()
        while try rows.step() {
            let seqNo = rows.integer(1)
            rows.withTextBytes(0) { found.set($0, hash: KeyTable.hash($0), to: seqNo) }
        }
        return found
    }

    // MARK: Writing

    func write(
        _ batches: [[DocumentOperation]]
    ) throws(DocumentStoreError) -> [[Result<DocumentOutcome, VersionConflict>]] {
        let before = counters
        do throws(SQLiteError) {
            entered.removeAll()
            try begin.run()
            let isEntering = recent.count >= Self.recentLimit
            if isEntering { try enterRecent() }
            var results: [[Result<DocumentOutcome, VersionConflict>]] = []
            results.reserveCapacity(batches.count)
            for batch in batches {
                var outcomes: [Result<DocumentOutcome, VersionConflict>] = []
                outcomes.reserveCapacity(batch.count)
                for operation in batch { outcomes.append(try apply(operation)) }
                results.append(outcomes)
            }
            try saveState(inUse: true)
            try commit.run()
            hasWritten = true
            recent.add(entered, replacing: isEntering)
            return results
        } catch {
            connection.rollBack()
            counters = before
            throw DocumentStoreError(error)
        }
    }

    private func apply(
        _ operation: DocumentOperation
    ) throws(SQLiteError) -> Result<DocumentOutcome, VersionConflict> {
        let seqNo = counters.nextSeqNo
        let source: ArraySlice<UInt8>?
        let mustBeNew: Bool
        switch operation.action {
        case .index(let bytes): (source, mustBeNew) = (bytes, false)
        case .create(let bytes): (source, mustBeNew) = (bytes, true)
        case .delete: (source, mustBeNew) = (nil, false)
        }
        let hash = operation.id.withBytes { KeyTable.hash($0) }
        let standing = operation.hasGeneratedID ? nil : try find(operation.id, hash)
        if let conflict = operation.conflict(with: standing, mustBeNew: mustBeNew) { return .failure(conflict) }
        let version = operation.version.next(after: standing)
        let live = standing?.live
        operation.id.withBytes { entered.set($0, hash: hash, to: seqNo) }
        try insert(operation, source: source, seqNo: seqNo, version: version)
        if standing != nil || source == nil {
            try insertSuperseded.bind(1, seqNo)
            try insertSuperseded.bind(2, standing?.seqNo)
            try insertSuperseded.run()
        }
        counters.nextSeqNo += 1
        counters.live += (source == nil ? 0 : 1) - (live == nil ? 0 : 1)
        let result: DocumentOutcome.Result =
            if source == nil { live == nil ? .notFound : .deleted } else { live == nil ? .created : .updated }
        return .success(
            DocumentOutcome(
                result: result, seqNo: seqNo, primaryTerm: counters.primaryTerm, version: version,
                superseded: live?.seqNo))
    }

    private func find(_ id: String, _ hash: UInt64) throws(SQLiteError) -> Standing? {
        let seqNo: Int64
        let inMemory = id.withBytes { entered.seqNo(of: $0, hash: hash) ?? recent.seqNo(of: $0, hash: hash) }
        if let found = inMemory {
            seqNo = found
        } else {
            defer { findCurrent.reset() }
            try findCurrent.bind(1, id)
            guard try findCurrent.step() else { return nil }
            seqNo = findCurrent.integer(0)
        }
        defer { findDocument.reset() }
        try findDocument.bind(1, seqNo)
        guard try findDocument.step() else {
            throw SQLiteError(
                code: .corrupt, message: "document \(id) has lost its row \(seqNo)", statement: findDocument.sql,
                path: connection.path)
        }
        return Standing(
            seqNo: seqNo, version: findDocument.integer(0), primaryTerm: findDocument.integer(1),
            isDeleted: findDocument.integer(2) != 0)
    }

    private func insert(
        _ operation: DocumentOperation, source: ArraySlice<UInt8>?, seqNo: Int64, version: Int64
    ) throws(SQLiteError) {
        var checksum = RowChecksum(seqNo: seqNo, primaryTerm: counters.primaryTerm, version: version)
        var id = operation.id
        id.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
        if var routing = operation.routing {
            routing.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
        } else {
            checksum.add(nil)
        }
        if let source { source.withUnsafeBytes { checksum.add($0) } } else { checksum.add(nil) }
        try insertDocument.bind(1, seqNo)
        try insertDocument.bind(2, counters.primaryTerm)
        try insertDocument.bind(3, version)
        try insertDocument.bind(4, checksum.value)
        try insertDocument.bind(5, id)
        try insertDocument.bind(6, operation.routing)
        if let source {
            try insertDocument.withBound(7, source) { () throws(SQLiteError) in try insertDocument.run() }
        } else {
            try insertDocument.run()
        }
    }

    private func saveState(inUse: Bool) throws(SQLiteError) {
        try updateState.bind(1, counters.nextSeqNo)
        try updateState.bind(2, counters.primaryTerm)
        try updateState.bind(3, Int64(counters.live))
        try updateState.bind(4, counters.idsThrough)
        try updateState.bind(5, inUse ? 1 : 0)
        try updateState.run()
    }

    /// Enters the recent ids into the table, in the table's order.
    private func enterRecent() throws(SQLiteError) {
        try recent.all.forEachSorted { id, seqNo throws(SQLiteError) in
            try enterCurrent.bind(1, utf8: id)
            try enterCurrent.bind(2, seqNo)
            try enterCurrent.run()
        }
        counters.idsThrough = counters.nextSeqNo - 1
    }

    // MARK: Keeping house

    func setDurability(_ durability: Durability) throws(DocumentStoreError) {
        try translating { () throws(SQLiteError) in
            if durability == .request { try connection.checkpoint() }
            try connection.execute("PRAGMA synchronous = \(Schema.synchronous(durability))")
        }
    }

    func synchronize() throws(DocumentStoreError) {
        // A checkpoint synchronises the log before it moves pages out of it.
        try translating { () throws(SQLiteError) in _ = try connection.checkpoint() }
    }

    func close() {
        // Errors here lose nothing: the log stays and is read at the next opening.
        let before = counters
        do throws(SQLiteError) {
            if hasWritten {
                try connection.transaction { () throws(SQLiteError) in
                    try enterRecent()
                    try saveState(inUse: false)
                }
            }
        } catch {
            counters = before
        }
        _ = try? connection.checkpoint(truncate: true)
    }

    func translating<Value>(
        _ body: () throws(SQLiteError) -> Value
    ) throws(DocumentStoreError) -> Value {
        do throws(SQLiteError) { return try body() } catch { throw DocumentStoreError(error) }
    }
}
