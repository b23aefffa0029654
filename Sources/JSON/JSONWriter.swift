/// Writes JSON text in UTF-8, one call per token, into a byte array that it owns.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("scores")
/// writer.array(scores)
/// writer.endObject()
/// send(writer.bytes)
/// ```
///
/// Numbers are the shortest text that reads back to the same value in their own type: a `Float` is written as a float. Infinities
/// and NaN, which JSON lacks, become `null`. Strings keep every scalar as it is, except for quotation mark, backslash and the control
/// characters below U+0020, which are escaped. The order of calls is the caller's responsibility: the writer puts commas, and checks nothing.
public struct JSONWriter: Sendable {
    /// The text so far.
    public internal(set) var bytes: [UInt8] = []
    /// Whether each member and element has its own line, indented by two spaces.
    public let pretty: Bool

    var needsComma = false
    private var depth = 0

    /// Makes a writer with an empty text.
    public init(pretty: Bool = false, reservingBytes capacity: Int = 0) {
        self.pretty = pretty
        bytes.reserveCapacity(capacity)
    }

    /// The text so far, as a string.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Empties the text and keeps its memory, for the next document.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
        depth = 0
    }

    /// Ends a line of JSON lines: appends a line feed and starts a new document.
    public mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// Opens an object.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    /// Closes the innermost object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    /// Opens an array.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    /// Closes the innermost array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes the key of the member whose value comes next.
    public mutating func key(_ key: String) {
        separate()
        appendQuoted(key)
        bytes.append(UInt8(ascii: ":"))
        if pretty { bytes.append(UInt8(ascii: " ")) }
        needsComma = false
        isAfterKey = true
    }

    /// Writes a string.
    public mutating func value(_ value: String) {
        separate()
        appendQuoted(value)
        needsComma = true
    }

    /// Writes an integer.
    public mutating func value(_ value: Int) {
        separate()
        append(integer: value)
        needsComma = true
    }

    /// Writes a double as its shortest exact text.
    public mutating func value(_ value: Double) {
        separate()
        append(value.isFinite ? value.description : "null")
        needsComma = true
    }

    /// Writes a float as the shortest text that reads back to the same float.
    public mutating func value(_ value: Float) {
        separate()
        append(value.isFinite ? value.description : "null")
        needsComma = true
    }

    /// Writes a boolean.
    public mutating func value(_ value: Bool) {
        separate()
        append(value ? "true" : "false")
        needsComma = true
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        append("null")
        needsComma = true
    }

    /// Writes a document.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): self.value(value)
        case .string(let value): self.value(value)
        case .number(let number):
            switch number.storage {
            case .integer(let value): self.value(Int(value))
            case .unsigned(let value):
                separate()
                append(value.description)
                needsComma = true
            case .real(let value): self.value(value)
            }
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Writes a value that is JSON text already, as it is.
    ///
    /// That it is one whole value is the caller's responsibility.
    public mutating func value(json text: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = true
    }

    /// Writes an array of floats, on one line even when pretty.
    public mutating func array(_ values: some Collection<Float>) {
        bytes.reserveCapacity(bytes.count + values.count * 11)
        elements(values) { $0.append($1.isFinite ? $1.description : "null") }
    }

    /// Writes an array of doubles, on one line even when pretty.
    public mutating func array(_ values: some Collection<Double>) {
        elements(values) { $0.append($1.isFinite ? $1.description : "null") }
    }

    /// Writes an array of integers, on one line even when pretty.
    public mutating func array(_ values: some Collection<Int>) {
        elements(values) { $0.append(integer: $1) }
    }

    @inline(__always)
    private mutating func elements<Element>(
        _ values: some Collection<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        separate()
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(&self, value)
        }
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    // MARK: Text

    private var isAfterKey = false

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
        depth += 1
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if pretty, needsComma { newLine() }
        bytes.append(bracket)
        needsComma = true
    }

    /// Puts what stands between the last token and the next: a comma, a line, nothing.
    mutating func separate() {
        if isAfterKey {
            isAfterKey = false
            return
        }
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        if pretty, depth > 0 { newLine() }
    }

    private mutating func newLine() {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth * 2 { bytes.append(UInt8(ascii: " ")) }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(integer value: Int) {
        if (0...9).contains(value) {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
        } else {
            append(value.description)
        }
    }

    private mutating func appendQuoted(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            bytes.reserveCapacity(bytes.count + utf8.count + 2)
            bytes.append(UInt8(ascii: "\""))
            var runStart = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[runStart..<index])
                appendEscape(byte)
                runStart = index + 1
            }
            bytes.append(contentsOf: utf8[runStart...])
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case ..<0x20:
            let digits: StaticString = "0123456789abcdef"
            append("u00")
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }
}
