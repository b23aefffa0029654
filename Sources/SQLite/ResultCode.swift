/// A result code of SQLite, primary or extended: <https://www.sqlite.org/rescode.html>.
public struct ResultCode: RawRepresentable, Sendable, Hashable {
    /// The extended code as SQLite numbers it.
    public let rawValue: Int32

    /// A code by its number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The low eight bits: the kind of failure without its detail.
    public var primary: ResultCode { ResultCode(rawValue: rawValue & 0xff) }

    /// A constraint of the schema does not hold.
    public static let constraint = ResultCode(rawValue: 19)
    /// Another connection holds the lock for longer than the busy timeout.
    public static let busy = ResultCode(rawValue: 5)
    /// Another statement of this connection is in the way.
    public static let locked = ResultCode(rawValue: 6)
    /// The allocator gave nothing.
    public static let outOfMemory = ResultCode(rawValue: 7)
    /// The file or its folder may not be written.
    public static let readOnly = ResultCode(rawValue: 8)
    /// `interrupt` was called.
    public static let interrupted = ResultCode(rawValue: 9)
    /// The system refused to read, write, lock or synchronise.
    public static let inputOutput = ResultCode(rawValue: 10)
    /// Pages contradict each other.
    public static let corrupt = ResultCode(rawValue: 11)
    /// No space is left on the device, or the largest number of pages is reached.
    public static let full = ResultCode(rawValue: 13)
    /// The file cannot be opened or made.
    public static let cannotOpen = ResultCode(rawValue: 14)
    /// A text or blob is larger than SQLite's limit (1,000,000,000 bytes).
    public static let tooBig = ResultCode(rawValue: 18)
    /// The interface was used against its rules.
    public static let misuse = ResultCode(rawValue: 21)
    /// This is no database file.
    public static let notADatabase = ResultCode(rawValue: 26)
    /// Writing failed in the system (extended code of ``inputOutput``).
    public static let writeFailed = ResultCode(rawValue: 10 | 3 << 8)
    /// A read came back short (extended code of ``inputOutput``).
    public static let shortRead = ResultCode(rawValue: 10 | 2 << 8)
}
