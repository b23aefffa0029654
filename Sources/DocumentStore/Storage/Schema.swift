import SQLite

/// The tables of a store, and how its connections are set up.
///
/// Why it is made so, with what was measured: docs/decisions/0010-documents-in-sqlite.md.
enum Schema {
    /// The format that this program writes; `PRAGMA user_version`.
    static let version: Int64 = 1
    /// "NTDS" in `PRAGMA application_id`.
    static let application: Int64 = 0x4E54_4453
    /// Bytes of a page; holds for files that are made from now on.
    static let pageSize = 8_192

    /// - `documents`: a row an operation, in the order of sequence numbers, so that writing appends. A tombstone has no source.
    /// - `current`: which row is the last word about an id (a tombstone too), as of the operation `state.ids_through`; newer rows
    ///   have a newer word (``RecentIDs``).
    /// - `superseded`: which operation killed which row; what purging has to do. `seq_no` is NULL where only a tombstone is left.
    /// - `state`: one row.
    private static let tables = """
        CREATE TABLE documents (
            seq_no INTEGER PRIMARY KEY, primary_term INTEGER NOT NULL, version INTEGER NOT NULL, checksum INTEGER NOT NULL,
            id TEXT NOT NULL, routing TEXT, source BLOB);
        CREATE TABLE current (id TEXT PRIMARY KEY, seq_no INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE superseded (by_seq_no INTEGER PRIMARY KEY, seq_no INTEGER);
        CREATE TABLE state (
            one INTEGER PRIMARY KEY CHECK (one = 1), next_seq_no INTEGER NOT NULL, primary_term INTEGER NOT NULL,
            live INTEGER NOT NULL, ids_through INTEGER NOT NULL, in_use INTEGER NOT NULL);
        INSERT INTO state VALUES (1, 0, 1, 0, -1, 0);
        """

    /// Opens the writing connection; makes the tables if the file is new.
    static func openForWriting(
        _ path: String, create: Bool, durability: Durability
    ) throws(DocumentStoreError) -> Connection {
        do throws(SQLiteError) {
            // Without synchronisation a loss of power may take the end of the log in any order.
            if durability == .request, let damage = WriteAheadLog.damage(ofDatabase: path) {
                throw damage.error(ofDatabase: path)
            }
            let connection = try Connection(
                path: path, access: create ? .readWriteCreate : .readWrite, busyTimeout: 2_000)
            // Has an effect only before the first page is written.
            try connection.execute("PRAGMA page_size = \(pageSize)")
            try connection.execute("PRAGMA journal_mode = WAL")
            try connection.execute(
                """
                PRAGMA synchronous = \(synchronous(durability)); PRAGMA secure_delete = OFF; PRAGMA cell_size_check = ON;
                PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 67108864;
                """)
            if create, try connection.integer("PRAGMA user_version") == 0,
                try connection.integer("PRAGMA application_id") == 0,
                try connection.integer("SELECT count(*) FROM sqlite_master") == 0
            {
                try connection.transaction { () throws(SQLiteError) in
                    try connection.execute(tables)
                    try connection.execute("PRAGMA application_id = \(application)")
                    try connection.execute("PRAGMA user_version = \(version)")
                }
            }
            return connection
        } catch {
            throw DocumentStoreError(error)
        }
    }

    /// SQLite's `synchronous` for a durability.
    static func synchronous(_ durability: Durability) -> String { durability == .request ? "FULL" : "NORMAL" }

    /// Opens a connection that only reads; the file is there and checked.
    static func openForReading(_ path: String) throws(DocumentStoreError) -> Connection {
        do throws(SQLiteError) {
            // Not read-only in SQLite's sense: that one may not recover the log after a crash. And not mapped: a mapped file that is cut,
            // or whose device fails, ends the process where reading gives an error.
            let connection = try Connection(path: path, access: .readWrite, busyTimeout: 10_000)
            try connection.execute(
                """
                PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -8192; PRAGMA mmap_size = 0;
                """)
            return connection
        } catch {
            throw DocumentStoreError(error)
        }
    }

    /// Whether this is a store that this program understands.
    static func check(_ connection: Connection) -> Result<Void, DocumentStoreError> {
        do throws(SQLiteError) {
            let path = connection.path
            guard try connection.integer("PRAGMA application_id") == application else {
                return .failure(
                    DocumentStoreError(
                        .damaged, path: path,
                        reason: "this SQLite file is no document store; move it out of the data folder"))
            }
            let found = try connection.integer("PRAGMA user_version") ?? 0
            guard found <= version else {
                return .failure(
                    DocumentStoreError(
                        .newerFormat, path: path,
                        reason:
                            "the file has format \(found), this program knows up to \(version); start the newer program again"
                    ))
            }
            return .success(())
        } catch {
            return .failure(DocumentStoreError(error))
        }
    }
}
