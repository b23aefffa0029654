import CSQLite

/// A call of SQLite that did not succeed, with the evidence.
public struct SQLiteError: Error, Sendable, Hashable {
    /// The extended result code.
    public let code: ResultCode
    /// SQLite's own message.
    public let message: String
    /// The statement that was prepared or run; `nil` when there was none.
    public let statement: String?
    /// The file of the connection.
    public let path: String
    /// The number of the operating system's error (`errno`) behind the code; 0 if there was none.
    public let systemError: Int32

    /// An error with all its parts.
    public init(code: ResultCode, message: String, statement: String?, path: String, systemError: Int32 = 0) {
        self.code = code
        self.message = message
        self.statement = statement
        self.path = path
        self.systemError = systemError
    }

    /// What `connection` says about its last call.
    init(connection: OpaquePointer?, status: Int32, statement: String?, path: String) {
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? status
        // A connection keeps the code of its last call; it is this call's only if the primary codes agree.
        code = ResultCode(rawValue: extended & 0xff == status & 0xff ? extended : status)
        let text = connection.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(status)
        message = text.map { String(cString: $0) } ?? "no message"
        self.statement = statement
        self.path = path
        systemError = connection.map { sqlite3_system_errno($0) } ?? 0
    }
}

extension SQLiteError: CustomStringConvertible {
    /// One sentence: file, message, code, statement.
    public var description: String {
        let place = statement.map { ", in \"\($0)\"" } ?? ""
        return "\(path): \(message) (SQLite code \(code.rawValue)\(place))"
    }
}
