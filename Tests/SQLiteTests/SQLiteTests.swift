import SQLite
import TestSupport
import Testing

@Suite("SQLite") struct SQLiteTests {
    @Test("Values come back as they were bound, empty ones too")
    func values() throws {
        let connection = try Connection(path: ":memory:", access: .readWriteCreate)
        try connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c BLOB)")
        let insert = try connection.prepare("INSERT INTO t VALUES (?1, ?2, ?3)")
        for (number, text, bytes) in [(Int64.min, "", []), (7, "ä\u{0}b", [0, 255]), (Int64.max, "x", [1])]
            as [(Int64, String, [UInt8])]
        {
            try insert.bind(1, number)
            try insert.bind(2, text)
            try insert.withBound(3, bytes[...]) { () throws(SQLiteError) in try insert.run() }
        }
        let read = try connection.prepare("SELECT a, b, c FROM t ORDER BY a")
        var rows: [String] = []
        while try read.step() { rows.append("\(read.integer(0)) \(read.text(1)) \(read.bytes(2)) \(read.isNull(2))") }
        #expect(rows == ["\(Int64.min)  [] false", "7 ä\u{0}b [0, 255] false", "\(Int64.max) x [1] false"])
    }

    @Test("A failed transaction leaves nothing, and its error names code and statement")
    func rollBack() throws {
        let connection = try Connection(path: ":memory:", access: .readWriteCreate)
        try connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
        do throws(SQLiteError) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (1)")
                try connection.execute("INSERT INTO t VALUES (1)")
            }
            Issue.record("the second row should collide")
        } catch {
            #expect(error.code.primary == .constraint)
            #expect(error.statement == "INSERT INTO t VALUES (1)")
        }
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
        #expect(!connection.isInTransaction)
    }

    @Test("A cached statement comes back reset and unbound")
    func cache() throws {
        let connection = try Connection(path: ":memory:", access: .readWriteCreate)
        let first = try connection.cached("SELECT ?1")
        try first.bind(1, Int64(3))
        #expect(try first.step())
        let second = try connection.cached("SELECT ?1")
        #expect(first === second)
        #expect(try second.step())
        #expect(second.isNull(0))
    }

    @Test("Without room for another page a transaction fails as a full disk does, and goes when there is room again")
    func full() throws {
        try TemporaryFolder.with { folder in
            let connection = try Connection(path: folder.path + "/x", access: .readWriteCreate)
            try connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a BLOB); INSERT INTO t VALUES (1)")
            let pages = try #require(try connection.integer("PRAGMA page_count"))
            try connection.execute("PRAGMA max_page_count = \(pages)")
            do throws(SQLiteError) {
                try connection.transaction { () throws(SQLiteError) in
                    try connection.execute("INSERT INTO t VALUES (2)")
                    try connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
                }
                Issue.record("there is no room")
            } catch {
                #expect(error.condition == .diskFull)
                #expect(error.advice(repair: "").hasPrefix("no space is left on the device; free some"))
            }
            #expect(!connection.isInTransaction)
            #expect(try connection.integer("SELECT count(*) FROM t") == 1)
            try connection.execute("PRAGMA max_page_count = 1000000")
            try connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
            #expect(try connection.integer("SELECT count(*) FROM t") == 2)
        }
    }

    private static let codes: [(Int32, Int32, FileCondition)] = [
        (13, 0, .diskFull), (778, 5, .diskFull), (1034, 28, .diskFull), (1034, 27, .diskFull), (1034, 5, .other),
        (14, 28, .diskFull), (14, 2, .missing), (14, 13, .notWritable), (8, 0, .notWritable), (522, 0, .damaged),
        (267, 0, .damaged), (26, 0, .damaged), (261, 0, .inUse), (6, 0, .inUse), (18, 0, .tooLarge), (1, 0, .other),
    ]

    @Test("Codes of SQLite and of the system are told apart by what can be done about them", arguments: codes)
    func conditions(_ code: Int32, _ system: Int32, _ expected: FileCondition) {
        let error = SQLiteError(
            code: ResultCode(rawValue: code), message: "m", statement: nil, path: "/p", systemError: system)
        #expect(error.condition == expected)
        #expect(error.advice(repair: "mend it").contains("mend it") == (expected == .damaged))
    }

    @Test("A file that is missing or no database is an error with its path")
    func wrongFiles() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/x"
            #expect(throws: SQLiteError.self) { try Connection(path: path, access: .readWrite) }
            try folder.write(String(repeating: "no database ", count: 100), to: "x")
            let connection = try Connection(path: path, access: .readWrite)
            do throws(SQLiteError) {
                _ = try connection.integer("SELECT count(*) FROM sqlite_master")
                Issue.record("text should not be a database")
            } catch {
                #expect(error.code.primary == .notADatabase)
                #expect(error.path == path)
            }
        }
    }
}
