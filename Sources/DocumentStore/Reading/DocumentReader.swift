import SQLite

/// A connection that reads, with its statements.
///
/// Used by one thread at a time: by whoever has it from the pool.
final class DocumentReader: @unchecked Sendable {
    private let connection: Connection
    private let byID: Statement
    private let bySeqNo: Statement
    private let seqNoByID: Statement
    private let scan: Statement

    private static let columns = "d.seq_no, d.primary_term, d.version, d.checksum, d.id, d.routing, d.source"

    init(path: String) throws(DocumentStoreError) {
        connection = try Schema.openForReading(path)
        do throws(SQLiteError) {
            byID = try connection.prepare(
                "SELECT \(Self.columns) FROM current c JOIN documents d ON d.seq_no = c.seq_no WHERE c.id = ?1")
            seqNoByID = try connection.prepare(
                "SELECT d.seq_no, d.source IS NULL FROM current c JOIN documents d ON d.seq_no = c.seq_no WHERE c.id = ?1"
            )
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
        try reading { () throws(SQLiteError) in
            defer { byID.reset() }
            try byID.bind(1, id)
            return try byID.step() ? row(byID) : nil
        }
    }

    func seqNo(ofID id: String) throws(DocumentStoreError) -> Int64? {
        do throws(SQLiteError) {
            defer { seqNoByID.reset() }
            try seqNoByID.bind(1, id)
            return try seqNoByID.step() && seqNoByID.integer(1) == 0 ? seqNoByID.integer(0) : nil
        } catch {
            throw DocumentStoreError(error)
        }
    }

    func document(seqNo: Int64) throws(DocumentStoreError) -> StoredDocument? {
        try reading { () throws(SQLiteError) in
            defer { bySeqNo.reset() }
            try bySeqNo.bind(1, seqNo)
            return try bySeqNo.step() ? row(bySeqNo) : nil
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

    /// Turns the row that `body` finds into a document; a tombstone is none.
    private func reading(_ body: () throws(SQLiteError) -> Row?) throws(DocumentStoreError) -> StoredDocument? {
        do throws(SQLiteError) {
            guard let row = try body() else { return nil }
            guard row.isWhole else { throw damaged(row) }
            return row.document
        } catch {
            throw DocumentStoreError(error)
        }
    }
}
