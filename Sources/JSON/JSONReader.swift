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
    public private(set) var position: Int
    private var openLevels = 0
    private var scratch: [UInt8] = []

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

    /// Reads a string.
    public mutating func readString() throws(JSONError) -> String {
        try start()
        guard base[position] == UInt8(ascii: "\"") else { throw wrongType("a string") }
        let start = position + 1
        let end = try endOfPlainRun(from: start)
        if base[end] == UInt8(ascii: "\"") {
            position = end + 1
            return try string(UnsafeBufferPointer(start: base + start, count: end - start), at: start)
        }
        return try readEscapedString(from: start, firstEscape: end)
    }

    /// Reads a number.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        let decimal = try scanDecimal()
        if let integer = decimal.integer { return JSONNumber(storage: .integer(integer)) }
        return JSONNumber(storage: .real(try double(decimal)))
    }

    /// Reads a number as the nearest double.
    public mutating func readDouble() throws(JSONError) -> Double {
        try double(try scanDecimal())
    }

    /// Reads a number as the nearest float (rounded once, from the decimal text).
    public mutating func readFloat() throws(JSONError) -> Float {
        let decimal = try scanDecimal()
        let value = decimal.float(in: base)
        if !value.isFinite { throw outOfRange(decimal, "a 32-bit float") }
        return value
    }

    /// Reads an array of numbers.
    public mutating func readFloats() throws(JSONError) -> [Float] {
        var values: [Float] = []
        try appendFloats(to: &values)
        return values
    }

    /// Reads an array of numbers behind those already in `values`.
    public mutating func appendFloats(to values: inout [Float]) throws(JSONError) {
        try open(UInt8(ascii: "["), "an array of numbers")
        if try isClosed(by: UInt8(ascii: "]")) { return }
        while true {
            values.append(try readFloat())
            if try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement) { return }
        }
    }

    /// Reads an array of numbers.
    public mutating func readDoubles() throws(JSONError) -> [Double] {
        var values: [Double] = []
        try open(UInt8(ascii: "["), "an array of numbers")
        if try isClosed(by: UInt8(ascii: "]")) { return values }
        while true {
            values.append(try readDouble())
            if try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement) {
                return values
            }
        }
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func skipWhitespace() {
        while position < count {
            let byte = base[position]
            // Space, tab, line feed, carriage return.
            guard byte <= 0x20, (1 << UInt64(byte)) & 0x1_0000_2600 as UInt64 != 0 else { return }
            position += 1
        }
    }

    /// Skips white space and makes sure that a byte follows.
    @inline(__always)
    private mutating func start() throws(JSONError) {
        skipWhitespace()
        if position >= count { throw atEnd("a value was expected") }
        if openLevels == 0, count > limits.maximumBytes {
            throw fault(.limitExceeded, "the text has \(count) bytes; the limit is \(limits.maximumBytes)")
        }
    }

    private mutating func open(_ bracket: UInt8, _ expected: String) throws(JSONError) {
        try start()
        guard base[position] == bracket else { throw wrongType(expected) }
        guard openLevels < min(limits.maximumDepth, JSONLimits.deepest) else {
            throw fault(
                .limitExceeded,
                "more than \(min(limits.maximumDepth, JSONLimits.deepest)) arrays and objects inside one another")
        }
        openLevels += 1
        position += 1
    }

    /// Whether the array or object that was just opened is empty.
    @inline(__always)
    private mutating func isClosed(by bracket: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < count else { throw atEnd("an array or object is not closed") }
        guard base[position] == bracket else { return false }
        position += 1
        openLevels -= 1
        return true
    }

    /// Reads what follows an element: the end (true) or a comma (false).
    @inline(__always)
    private mutating func isClosed(
        by bracket: UInt8, orComma expectation: @autoclosure () -> String
    ) throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < count else { throw atEnd(expectation()) }
        if base[position] == UInt8(ascii: ",") {
            position += 1
            return false
        }
        guard base[position] == bracket else { throw unexpectedByte(expectation()) }
        position += 1
        openLevels -= 1
        return true
    }

    private mutating func readWord(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        for index in 0..<length {
            guard position + index < count else {
                position = count
                throw atEnd("\(word) was expected")
            }
            guard base[position + index] == word.utf8Start[index] else {
                position += index
                throw unexpectedByte("\(word) was expected")
            }
        }
        position += length
    }

    private static let afterMember = "a comma or the end of the object was expected"
    private static let afterElement = "a comma or the end of the array was expected"

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

    /// Makes sure that a key follows.
    @inline(__always)
    private mutating func startKey() throws(JSONError) {
        skipWhitespace()
        guard position < count else { throw atEnd("a member of an object was expected") }
        guard base[position] == UInt8(ascii: "\"") else {
            throw unexpectedByte("a member of an object starts with a quoted key")
        }
    }

    /// Reads the colon behind a key.
    @inline(__always)
    private mutating func endKey() throws(JSONError) {
        skipWhitespace()
        guard position < count else { throw atEnd("a colon was expected after the key") }
        guard base[position] == UInt8(ascii: ":") else { throw unexpectedByte("a colon was expected after the key") }
        position += 1
    }

    // MARK: Strings

    /// Reads a string without making one; the reader is at its quotation mark.
    private mutating func skipString() throws(JSONError) {
        position += 1
        while true {
            let start = position
            let end = try endOfPlainRun(from: start)
            let run = UnsafeBufferPointer(start: base + start, count: end - start)
            if !UTF8Validation.isASCII(run), let fault = UTF8Validation.firstFault(in: run) {
                position = start + fault
                throw notUTF8()
            }
            position = end
            if base[end] == UInt8(ascii: "\"") {
                position = end + 1
                return
            }
            scratch.removeAll(keepingCapacity: true)
            try appendEscape()
        }
    }

    /// The position of the next quotation mark or backslash; a control character or the end of the text is an error.
    @inline(__always)
    private mutating func endOfPlainRun(from start: Int) throws(JSONError) -> Int {
        var index = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        // Eight bytes at a time: each test leaves the top bit of a byte set if that byte (below 0x80) is special. Borrows may
        // also set bits above the first special byte, which is why only the fact is used and the byte is then sought.
        while index + 8 <= count {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let special =
                ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
            if special & tops != 0 { break }
            index += 8
        }
        while index < count {
            let byte = base[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            if byte < 0x20 {
                position = index
                throw fault(.syntax, "control character \(Self.name(of: byte)) inside a string; it must be escaped")
            }
            index += 1
        }
        position = count
        throw atEnd("the string is not closed")
    }

    private mutating func string(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        if let string = String(validating: bytes, as: UTF8.self) { return string }
        position =
            start + (UTF8Validation.firstFault(in: UnsafeBufferPointer(start: base + start, count: count - start)) ?? 0)
        throw notUTF8()
    }

    private mutating func readEscapedString(from start: Int, firstEscape: Int) throws(JSONError) -> String {
        scratch.removeAll(keepingCapacity: true)
        var runStart = start
        var index = firstEscape
        while true {
            scratch.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: index - runStart))
            if base[index] == UInt8(ascii: "\"") { break }
            position = index
            try appendEscape()
            runStart = position
            index = try endOfPlainRun(from: runStart)
        }
        position = index + 1
        let decoded = scratch.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        if let decoded { return decoded }
        // Escapes decode to whole scalars, so that the fault is in the plain text between them, or an escape splits a scalar.
        position =
            start + (UTF8Validation.firstFault(in: UnsafeBufferPointer(start: base + start, count: index - start)) ?? 0)
        throw notUTF8()
    }

    /// Decodes the escape at `position` into `scratch`.
    private mutating func appendEscape() throws(JSONError) {
        guard position + 1 < count else {
            position = count
            throw atEnd("the string ends in an escape")
        }
        let letter = base[position + 1]
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(letter)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal(at: position + 2)
            position += 6
            if scalar & 0xFC00 == 0xD800 {
                let isEscape =
                    position + 1 < count && base[position] == UInt8(ascii: "\\")
                    && base[position + 1] == UInt8(ascii: "u")
                if isEscape, case let low = try hexadecimal(at: position + 2), low & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
                    position += 6
                } else {
                    scalar = 0xFFFD
                }
            } else if scalar & 0xFC00 == 0xDC00 {
                scalar = 0xFFFD
            }
            appendScalar(scalar)
            return
        default:
            position += 1
            throw fault(.syntax, "no such escape: a backslash before \(Self.name(of: letter))")
        }
        position += 2
    }

    private mutating func hexadecimal(at start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for index in start..<start + 4 {
            guard index < count else {
                position = count
                throw atEnd("\\u takes four hexadecimal digits")
            }
            let byte = base[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default:
                position = index
                throw fault(.syntax, "\\u takes four hexadecimal digits, not \(Self.name(of: byte))")
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func appendScalar(_ scalar: UInt32) {
        switch scalar {
        case ..<0x80:
            scratch.append(UInt8(scalar))
        case ..<0x800:
            scratch.append(UInt8(0xC0 | scalar >> 6))
            scratch.append(UInt8(0x80 | scalar & 0x3F))
        case ..<0x10000:
            scratch.append(UInt8(0xE0 | scalar >> 12))
            scratch.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            scratch.append(UInt8(0x80 | scalar & 0x3F))
        default:
            scratch.append(UInt8(0xF0 | scalar >> 18))
            scratch.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            scratch.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            scratch.append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    // MARK: Numbers

    /// Reads the text of a number (RFC 8259 section 6) without rounding it.
    @inline(__always)
    private mutating func scanDecimal() throws(JSONError) -> DecimalText {
        try start()
        let first = base[position]
        guard first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10 else { throw wrongType("a number") }
        var decimal = DecimalText(start: position)
        if let mistake = decimal.scan(base, count) {
            position = decimal.end
            if position >= count { throw atEnd(mistake) }
            throw unexpectedByte(mistake)
        }
        position = decimal.end
        return decimal
    }

    @inline(__always)
    private mutating func double(_ decimal: DecimalText) throws(JSONError) -> Double {
        let value = decimal.double(in: base)
        if !value.isFinite { throw outOfRange(decimal, "a double") }
        return value
    }

    // MARK: Faults

    private mutating func outOfRange(_ decimal: DecimalText, _ type: String) -> JSONError {
        position = decimal.start
        return fault(.numberOutOfRange, "the number is too large for \(type)")
    }

    private func atEnd(_ expectation: String) -> JSONError {
        fault(.truncated, "the text ends here; \(expectation)", at: count)
    }

    private func notUTF8() -> JSONError {
        fault(.invalidUTF8, "byte \(Self.name(of: base[min(position, count - 1)])) is not UTF-8 here")
    }

    private func wrongType(_ expected: String) -> JSONError {
        let found: String
        switch base[position] {
        case UInt8(ascii: "{"): found = "an object"
        case UInt8(ascii: "["): found = "an array"
        case UInt8(ascii: "\""): found = "a string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): found = "a boolean"
        case UInt8(ascii: "n"): found = "null"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): found = "a number"
        default: return unexpectedByte("\(expected) was expected")
        }
        return fault(.unexpectedType, "\(expected) was expected, not \(found)")
    }

    private func unexpectedByte(_ expectation: String) -> JSONError {
        fault(.syntax, "\(expectation), not \(Self.name(of: base[position]))")
    }

    func fault(_ code: JSONError.Code, _ reason: String, at offset: Int? = nil) -> JSONError {
        let offset = offset ?? position
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, count) where base[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return JSONError(code: code, offset: offset, line: line, column: offset - lineStart + 1, reason: reason)
    }

    private static func name(of byte: UInt8) -> String {
        if (0x21...0x7E).contains(byte) { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "0x\(digits.count == 1 ? "0" : "")\(digits)"
    }
}

extension JSONReader {
    /// An error at the place that was reached, for a value that is valid JSON and not what the caller can use.
    public func fault(_ reason: String) -> JSONError {
        fault(.unexpectedType, reason)
    }
}
