import SQLite

/// A connection that reads, with its statements.
///
/// Used by one thread at a time: by whoever has it from the pool.
final class DocumentReader: @unchecked Sendable {
    private let connection: Connection
    private let recent: RecentIDs
    private let bySeqNo: Statement
    private let seqNoByID: Statement
    private let isTombstone: Statement
    private let supersededBy: Statement
    private let scan: Statement

    private static let columns = "d.seq_no, d.primary_term, d.version, d.checksum, d.id, d.routing, d.source"

    init(path: String, recent: RecentIDs) throws(DocumentStoreError) {
        self.recent = recent
        connection = try Schema.openForReading(path)
        do throws(SQLiteError) {
            seqNoByID = try connection.prepare("SELECT seq_no FROM current WHERE id = ?1")
            isTombstone = try connection.prepare("SELECT source IS NULL FROM documents WHERE seq_no = ?1")
            supersededBy = try connection.prepare("SELECT seq_no FROM superseded WHERE by_seq_no = ?1")
            bySeqNo = try connection.prepare("SELECT \(Self.columns) FROM documents d WHERE d.seq_no = ?1")
            scan = try connection.prepare(
                """
                SELECT \(Self.columns), s.seq_no FROM documents d LEFT JOIN superseded s ON s.by_seq_no = d.seq_no
                WHERE d.seq_no > ?1 ORDER BY d.seq_no LIMIT ?2
                """)
        } catch {
            throw DocumentStoreError(error)
        }
    }

    func document(id: String) throws(DocumentStoreError) -> StoredDocument? {
        try lastWord(id) { seqNo throws(SQLiteError) in
            try bySeqNo.bind(1, seqNo)
            defer { bySeqNo.reset() }
            guard try bySeqNo.step() else { return nil }
            let row = row(bySeqNo)
            guard row.isWhole else { throw damaged(row) }
            return .some(row.document)
        }
    }

    func seqNo(ofID id: String) throws(DocumentStoreError) -> Int64? {
        try lastWord(id) { seqNo throws(SQLiteError) in
            try isTombstone.bind(1, seqNo)
            defer { isTombstone.reset() }
            guard try isTombstone.step() else { return nil }
            return .some(isTombstone.integer(0) == 0 ? seqNo : nil)
        }
    }

    func seqNo(ofID id: String, notAfter: Int64) throws(DocumentStoreError) -> Int64? {
        do throws(SQLiteError) {
            var last = recent.seqNo(of: id)
            if last == nil {
                try seqNoByID.bind(1, id)
                if try seqNoByID.step() { last = seqNoByID.integer(0) }
                seqNoByID.reset()
            }
            // From the last word back to the one that was the last then.
            while let seqNo = last {
                defer {
                    isTombstone.reset()
                    supersededBy.reset()
                }
                if seqNo <= notAfter {
                    try isTombstone.bind(1, seqNo)
                    return try isTombstone.step() && isTombstone.integer(0) == 0 ? seqNo : nil
                }
                try supersededBy.bind(1, seqNo)
                last = try supersededBy.step() && !supersededBy.isNull(0) ? supersededBy.integer(0) : nil
            }
            return nil
        } catch {
            throw DocumentStoreError(error)
        }
    }

    /// Reads the row with the last word about an id by `read`, which gives `nil` if there is no such row.
    private func lastWord<Value>(
        _ id: String, _ read: (Int64) throws(SQLiteError) -> Value??
    ) throws(DocumentStoreError) -> Value? {
        do throws(SQLiteError) {
            // The row may have been superseded and purged since it was found; there is a newer word then.
            for _ in 0..<100 {
                var seqNo = recent.seqNo(of: id)
                if seqNo == nil {
                    try seqNoByID.bind(1, id)
                    if try seqNoByID.step() { seqNo = seqNoByID.integer(0) }
                    seqNoByID.reset()
                }
                guard let seqNo else { return nil }
                if let value = try read(seqNo) { return value }
            }
            throw SQLiteError(
                code: .corrupt, message: "document \(id) has lost its row", statement: nil, path: connection.path)
        } catch {
            throw DocumentStoreError(error)
        }
    }

    func document(seqNo: Int64) throws(DocumentStoreError) -> StoredDocument? {
        do throws(SQLiteError) {
            defer { bySeqNo.reset() }
            try bySeqNo.bind(1, seqNo)
            guard try bySeqNo.step() else { return nil }
            let row = row(bySeqNo)
            guard row.isWhole else { throw damaged(row) }
            return row.document
        } catch {
            throw DocumentStoreError(error)
        }
    }

    func operations(
        after seqNo: Int64, limit: Int, byteLimit: Int
    ) throws(DocumentStoreError) -> [LoggedOperation] {
        var found: [LoggedOperation] = []
        var bytes = 0
        do throws(SQLiteError) {
            defer { scan.reset() }
            try scan.bind(1, seqNo)
            try scan.bind(2, Int64(limit))
            while bytes < byteLimit, try scan.step() {
                let row = row(scan)
                guard row.isWhole else { throw damaged(row) }
                bytes += row.source?.count ?? 0
                found.append(
                    LoggedOperation(
                        seqNo: row.seqNo, effect: row.document.map { .stored($0) } ?? .deleted(id: row.id),
                        superseded: scan.isNull(7) ? nil : scan.integer(7)))
            }
        } catch {
            throw DocumentStoreError(error)
        }
        return found
    }

    func verify(progress: (Int) -> Void) throws(DocumentStoreError) {
        do throws(SQLiteError) {
            if let fault = try connection.text("PRAGMA integrity_check(1)"), fault != "ok" {
                throw SQLiteError(code: .corrupt, message: fault, statement: "integrity_check", path: connection.path)
            }
            let all = try connection.prepare("SELECT \(Self.columns) FROM documents d ORDER BY d.seq_no")
            var count = 0
            while try all.step() {
                let row = row(all)
                guard row.isWhole else { throw damaged(row) }
                count += 1
                if count % 65_536 == 0 { progress(count) }
            }
            progress(count)
        } catch {
            throw DocumentStoreError(error)
        }
    }

    // MARK: Rows

    private struct Row {
        let seqNo, primaryTerm, version: Int64
        let id: String
        let routing: String?
        let source: [UInt8]?
        let isWhole: Bool

        var document: StoredDocument? {
            source.map {
                StoredDocument(
                    id: id, seqNo: seqNo, primaryTerm: primaryTerm, version: version, routing: routing, source: $0)
            }
        }
    }

    private func row(_ statement: Statement) -> Row {
        let seqNo = statement.integer(0)
        let primaryTerm = statement.integer(1)
        let version = statement.integer(2)
        var checksum = RowChecksum(seqNo: seqNo, primaryTerm: primaryTerm, version: version)
        let id = statement.withTextBytes(4) { bytes in
            checksum.add(bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        var routing: String?
        if statement.isNull(5) {
            checksum.add(nil)
        } else {
            routing = statement.withTextBytes(5) { bytes in
                checksum.add(bytes)
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        var source: [UInt8]?
        if statement.isNull(6) {
            checksum.add(nil)
        } else {
            source = statement.withBytes(6) { bytes in
                checksum.add(bytes)
                return [UInt8](bytes)
            }
        }
        return Row(
            seqNo: seqNo, primaryTerm: primaryTerm, version: version, id: id, routing: routing, source: source,
            isWhole: checksum.value == statement.integer(3))
    }

    private func damaged(_ row: Row) -> SQLiteError {
        SQLiteError(
            code: .corrupt, message: "document \(row.id) with _seq_no \(row.seqNo) does not equal its checksum",
            statement: nil, path: connection.path)
    }
}
