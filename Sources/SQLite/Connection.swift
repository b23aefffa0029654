import CSQLite

/// One connection to a database file.
///
/// SQLite is opened without its own mutexes: a connection and its statements are used by one thread at a time, which the owner
/// guarantees by a lock or by confinement. Several connections to one file may work at once; in WAL mode readers never wait for
/// the writer.
public final class Connection {
    /// How a file is opened.
    public enum Access: Sendable, Hashable {
        /// Reads and writes a file that is there.
        case readWrite
        /// Reads and writes; makes an empty file if there is none.
        case readWriteCreate
        /// Reads a file that is there.
        ///
        /// A file in WAL mode needs its folder writable nevertheless, or nobody else writing.
        case readOnly
    }

    /// The path as it was given.
    public let path: String
    let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: The file; `:memory:` for a database that lives in memory.
    ///   - access: What may be done with it.
    ///   - busyTimeout: Milliseconds to wait for the lock of another connection.
    /// - Throws: ``SQLiteError`` if it cannot be opened. Whether it *is* a database is seen with the first statement only.
    public init(path: String, access: Access, busyTimeout: Int32 = 5_000) throws(SQLiteError) {
        self.path = path
        let mode: Int32 =
            switch access {
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        var opened: OpaquePointer?
        let status = sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard status == SQLITE_OK, let opened else {
            let error = SQLiteError(connection: opened, status: status, statement: nil, path: path)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        sqlite3_busy_timeout(opened, busyTimeout)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs one or more statements, separated by semicolons, whose results nobody wants.
    public func execute(_ sql: String) throws(SQLiteError) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil), sql)
    }

    /// Prepares a statement that lives as long as its reference.
    public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        try Statement(self, sql)
    }

    /// The statement for `sql` from the cache of this connection, reset and with no values bound.
    ///
    /// It is shared by all callers with the same text: finish with it before asking for it again. O(1) after the first time.
    public func cached(_ sql: String) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] {
            statement.reset()
            statement.clearBindings()
            return statement
        }
        let statement = try Statement(self, sql)
        statements[sql] = statement
        return statement
    }

    /// Runs `body` between `BEGIN IMMEDIATE` and `COMMIT`; rolls back if it or the commit throws, and throws that error on.
    public func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends the open transaction without its changes; nothing if there is none (SQLite rolls back by itself when the disk is full).
    public func rollBack() {
        if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Rows that the last statement inserted, changed or deleted.
    public var changes: Int { Int(sqlite3_changes64(handle)) }

    /// The first column of the first row of a query, as a number; `nil` without a row or with NULL.
    public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try prepare(sql)
        guard try statement.step() else { return nil }
        return statement.isNull(0) ? nil : statement.integer(0)
    }

    /// The first column of the first row of a query, as text; `nil` without a row or with NULL.
    public func text(_ sql: String) throws(SQLiteError) -> String? {
        let statement = try prepare(sql)
        guard try statement.step() else { return nil }
        return statement.isNull(0) ? nil : statement.text(0)
    }

    /// Moves pages from the write-ahead log into the database file.
    ///
    /// - Parameter truncate: Waits for readers, moves all and empties the log; otherwise moves what can be moved without waiting.
    /// - Returns: Pages in the log, and how many of them are moved now.
    @discardableResult
    public func checkpoint(truncate: Bool = false) throws(SQLiteError) -> (logged: Int, moved: Int) {
        var logged: Int32 = 0
        var moved: Int32 = 0
        let mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let status = sqlite3_wal_checkpoint_v2(handle, nil, mode, &logged, &moved)
        // Readers in the way are no fault: the rest is moved next time.
        if status & 0xff != SQLITE_BUSY { try check(status, "checkpoint") }
        return (Int(logged), Int(moved))
    }

    func check(_ status: Int32, _ sql: String?) throws(SQLiteError) {
        guard status == SQLITE_OK else { throw error(status, sql) }
    }

    func error(_ status: Int32, _ sql: String?) -> SQLiteError {
        SQLiteError(connection: handle, status: status, statement: sql, path: path)
    }
}
