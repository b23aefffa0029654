import CSQLite

/// A prepared statement: bind, step through the rows, read columns, reset, again.
///
/// Parameters are numbered from 1, columns from 0, as in SQLite. What ``text(_:)`` and ``bytes(_:)`` return is copied; the buffer
/// of ``withBytes(_:_:)`` is SQLite's own.
public final class Statement {
    // No reference to the connection, which caches statements: SQLite keeps its side open until the last statement is gone.
    private let path: String
    private let handle: OpaquePointer
    /// The text that it was prepared from.
    public let sql: String

    init(_ connection: Connection, _ sql: String) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let status = sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard status == SQLITE_OK, let prepared else { throw connection.error(status, sql) }
        path = connection.path
        self.sql = sql
        handle = prepared
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Binding

    /// Binds a number.
    public func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    /// Binds a number or NULL.
    public func bind(_ index: Int32, _ value: Int64?) throws(SQLiteError) {
        if let value { try bind(index, value) } else { try check(sqlite3_bind_null(handle, index)) }
    }

    /// Binds text, copied.
    public func bind(_ index: Int32, _ value: String) throws(SQLiteError) {
        var value = value
        let status = value.withUTF8 { utf8 -> Int32 in
            // An empty buffer may have no address, which SQLite would take for NULL.
            guard let base = utf8.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, Self.transient) }
            return base.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                sqlite3_bind_text64(
                    handle, index, $0, UInt64(utf8.count), Self.transient, UInt8(truncatingIfNeeded: SQLITE_UTF8))
            }
        }
        try check(status)
    }

    /// Binds text that is there as UTF-8, copied.
    public func bind(_ index: Int32, utf8: UnsafeRawBufferPointer) throws(SQLiteError) {
        guard let base = utf8.baseAddress else { return try bind(index, "") }
        try check(
            sqlite3_bind_text64(
                handle, index, base.assumingMemoryBound(to: CChar.self), UInt64(utf8.count), Self.transient,
                UInt8(truncatingIfNeeded: SQLITE_UTF8)))
    }

    /// Binds text or NULL.
    public func bind(_ index: Int32, _ value: String?) throws(SQLiteError) {
        if let value { try bind(index, value) } else { try check(sqlite3_bind_null(handle, index)) }
    }

    /// Binds bytes, copied.
    public func bind(_ index: Int32, _ bytes: [UInt8]) throws(SQLiteError) {
        try check(bytes.withUnsafeBytes { bindBytes(index, $0, Self.transient) })
    }

    /// Binds bytes *without copying*, runs `body` (which steps), and takes the binding back.
    ///
    /// For large values in hot loops: the caller's buffer is read while `body` runs and never after.
    public func withBound<Result>(
        _ index: Int32, _ bytes: ArraySlice<UInt8>, _ body: () throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        let outcome = bytes.withUnsafeBytes { buffer -> Swift.Result<Result, SQLiteError> in
            do throws(SQLiteError) {
                try check(bindBytes(index, buffer, nil))
                let result = try body()
                reset()
                sqlite3_bind_null(handle, index)
                return .success(result)
            } catch {
                reset()
                sqlite3_bind_null(handle, index)
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Sets all parameters to NULL.
    public func clearBindings() { sqlite3_clear_bindings(handle) }

    // MARK: Stepping

    /// Goes to the next row; false when there is none.
    public func step() throws(SQLiteError) -> Bool {
        let status = sqlite3_step(handle)
        if status == SQLITE_ROW { return true }
        if status == SQLITE_DONE { return false }
        let error = error(status)
        sqlite3_reset(handle)
        throw error
    }

    /// Runs a statement without rows and makes it ready for the next run.
    public func run() throws(SQLiteError) {
        while try step() {}
        sqlite3_reset(handle)
    }

    /// Makes the statement ready to run again and lets its locks go; what is bound stays.
    public func reset() { sqlite3_reset(handle) }

    // MARK: Columns of the row

    /// A column as a number; 0 for NULL.
    public func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// Whether a column is NULL.
    public func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// A column as text; empty for NULL.
    ///
    /// Bytes that are no UTF-8 are repaired.
    public func text(_ column: Int32) -> String {
        withTextBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    /// A column as bytes, copied; empty for NULL.
    public func bytes(_ column: Int32) -> [UInt8] {
        withBytes(column) { [UInt8]($0) }
    }

    /// A column as bytes in SQLite's memory, valid inside `body` only.
    public func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let base = sqlite3_column_blob(handle, column)
        return body(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// A text column as UTF-8 in SQLite's memory, valid inside `body` only.
    public func withTextBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let base = sqlite3_column_text(handle, column)
        return body(UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column))))
    }

    // MARK: Inside

    private func bindBytes(
        _ index: Int32, _ buffer: UnsafeRawBufferPointer, _ destructor: sqlite3_destructor_type?
    ) -> Int32 {
        guard let base = buffer.baseAddress, !buffer.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
        return sqlite3_bind_blob64(handle, index, base, UInt64(buffer.count), destructor)
    }

    private func check(_ status: Int32) throws(SQLiteError) {
        guard status == SQLITE_OK else { throw error(status) }
    }

    private func error(_ status: Int32) -> SQLiteError {
        SQLiteError(connection: sqlite3_db_handle(handle), status: status, statement: sql, path: path)
    }

    /// Tells SQLite to copy (its SQLITE_TRANSIENT, which is a cast that Swift does not import).
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
