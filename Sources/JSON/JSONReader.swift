/// A pull reader over a JSON text in UTF-8: the caller says what comes next, and gets it without an intermediate document.
///
/// ``JSONValue`` is read with it, and hot bodies (bulk requests, vectors) can be read with it directly:
///
/// ```swift
/// let vectors = try JSONReader.read(body) { (reader) throws(JSONError) in
///     var rows: [[Float]] = []
///     try reader.readArray { (reader) throws(JSONError) in rows.append(try reader.readFloats()) }
///     try reader.finish()
///     return rows
/// }
/// ```
///
/// Every `read…` skips leading white space, reads exactly one value, and leaves the reader behind it. After an error the reader
/// is where the fault is; go on only by giving up on the text.
///
/// The reader refers to memory that it does not own: it must not outlive the buffer it was made from.
public struct JSONReader {
    /// What kind of value comes next, by its first byte.
    public enum Kind: Sendable, Hashable {
        /// `null`
        case null
        /// `true` or `false`
        case bool
        /// A digit or a minus sign.
        case number
        /// A quotation mark.
        case string
        /// An opening bracket.
        case array
        /// An opening brace.
        case object
    }

    let base: UnsafePointer<UInt8>
    let count: Int
    let limits: JSONLimits
    /// Bytes before the next byte to read.
    public internal(set) var position: Int
    var openLevels = 0
    var scratch: [UInt8] = []

    /// What `base` points at when the text is empty; never read.
    private nonisolated(unsafe) static let nothing = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

    /// Makes a reader at the start of a text; the buffer must stay valid as long as the reader is used.
    public init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default) {
        base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? UnsafePointer(Self.nothing)
        count = bytes.count
        self.limits = limits
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        position = hasMark ? 3 : 0
    }

    /// Reads a text held in an array; the reader is valid inside `body` only.
    public static func read<Result>(
        _ bytes: [UInt8], limits: JSONLimits = .default,
        _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            var reader = JSONReader(UnsafeRawBufferPointer(buffer), limits: limits)
            return try body(&reader)
        }
    }

    // MARK: Structure

    /// The kind of the next value, without reading it.
    public mutating func peek() throws(JSONError) -> Kind {
        try start()
        switch base[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw unexpectedByte("a value was expected")
        }
    }

    /// Checks that nothing but white space is left.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        if position < count { throw unexpectedByte("nothing may follow the document") }
    }

    /// Reads an object member by member; `member` must read (or skip) exactly one value.
    public mutating func readObject(
        _ member: (String, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(UInt8(ascii: "{"), "an object")
        if try isClosed(by: UInt8(ascii: "}")) { return }
        while true {
            try startKey()
            let key = try readString()
            try endKey()
            try member(key, &self)
            if try isClosed(by: UInt8(ascii: "}"), orComma: Self.afterMember) { return }
        }
    }

    /// Reads an array element by element; `element` must read (or skip) exactly one value.
    public mutating func readArray(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try open(UInt8(ascii: "["), "an array")
        if try isClosed(by: UInt8(ascii: "]")) { return }
        while true {
            try element(&self)
            if try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement) { return }
        }
    }

    // MARK: Values

    /// Reads whatever comes next.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .object: return .object(JSONObject(parsed: try readMembers()))
        case .array: return .array(try readElements())
        case .string: return .string(try readString())
        case .number: return .number(try readNumber())
        case .bool: return .bool(try readBool())
        case .null:
            try readNull()
            return .null
        }
    }

    /// The members of an object; like ``readObject(_:)``, without a call for each.
    private mutating func readMembers() throws(JSONError) -> [JSONObject.Member] {
        try open(UInt8(ascii: "{"), "an object")
        var members: [JSONObject.Member] = []
        if try isClosed(by: UInt8(ascii: "}")) { return members }
        while true {
            try startKey()
            let key = try readString()
            try endKey()
            // Growing from one to two to four would move small objects over and over.
            if members.count == 1 { members.reserveCapacity(8) }
            members.append((key, try readValue()))
            if try isClosed(by: UInt8(ascii: "}"), orComma: Self.afterMember) { return members }
        }
    }

    /// The elements of an array; like ``readArray(_:)``, without a call for each.
    private mutating func readElements() throws(JSONError) -> [JSONValue] {
        try open(UInt8(ascii: "["), "an array")
        var elements: [JSONValue] = []
        if try isClosed(by: UInt8(ascii: "]")) { return elements }
        while true {
            if elements.count == 1 { elements.reserveCapacity(4) }
            elements.append(try readValue())
            if try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement) { return elements }
        }
    }

    /// Reads a value and forgets it.
    ///
    /// Its grammar and its UTF-8 are checked as if it were kept.
    public mutating func skipValue() throws(JSONError) {
        switch try peek() {
        case .object:
            try open(UInt8(ascii: "{"), "an object")
            var isDone = try isClosed(by: UInt8(ascii: "}"))
            while !isDone {
                try startKey()
                try skipString()
                try endKey()
                try skipValue()
                isDone = try isClosed(by: UInt8(ascii: "}"), orComma: Self.afterMember)
            }
        case .array:
            try open(UInt8(ascii: "["), "an array")
            var isDone = try isClosed(by: UInt8(ascii: "]"))
            while !isDone {
                try skipValue()
                isDone = try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement)
            }
        case .string: try skipString()
        case .number: _ = try scanDecimal()
        case .bool: _ = try readBool()
        case .null: try readNull()
        }
    }

    /// Reads `true` or `false`.
    public mutating func readBool() throws(JSONError) -> Bool {
        try start()
        if base[position] == UInt8(ascii: "t") {
            try readWord("true")
            return true
        }
        guard base[position] == UInt8(ascii: "f") else { throw wrongType("a boolean") }
        try readWord("false")
        return false
    }

    /// Reads `null`.
    public mutating func readNull() throws(JSONError) {
        try start()
        guard base[position] == UInt8(ascii: "n") else { throw wrongType("null") }
        try readWord("null")
    }
}
