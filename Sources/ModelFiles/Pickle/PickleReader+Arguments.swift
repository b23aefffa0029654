/// The bytes behind opcodes.
extension PickleReader {
    var what: String { "a pickle" }

    mutating func take<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(ModelFileError)
        -> Value
    {
        let value = try file.integer(Value.self, at: position, of: what)
        position += MemoryLayout<Value>.size
        return value
    }

    mutating func take(count: Int) throws(ModelFileError) -> FileBytes {
        let slice = try file.slice(at: position, count: count, of: what)
        position += count
        return slice
    }

    mutating func takeCount64() throws(ModelFileError) -> Int {
        let start = position
        guard let count = Int(exactly: try take(UInt64.self)) else {
            throw file.malformed(at: start, "a pickle claims a value of more than 2^63 bytes")
        }
        return count
    }

    /// The bytes up to the next line feed, which is consumed.
    mutating func takeLine() throws(ModelFileError) -> String {
        let start = position
        let length = file.withUnsafeBytes { $0[start...].firstIndex(of: 0x0A).map { $0 - start } }
        guard let length else { throw file.malformed(at: start, "a text argument of a pickle has no end") }
        defer { position += 1 }
        return try take(count: length).repairedText
    }

    mutating func takeText(count: Int) throws(ModelFileError) -> PickleTree.Node {
        // Python writes lone surrogates as three bytes that are not UTF-8; they become U+FFFD.
        .string(try take(count: count).repairedText)
    }

    func require(_ condition: Bool, _ reason: String, at start: Int) throws(ModelFileError) {
        guard condition else { throw file.malformed(at: start, reason) }
    }

    func decimal(_ text: String, at start: Int) throws(ModelFileError) -> PickleTree.Node {
        if let value = Int(text) { return .integer(value) }
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw file.malformed(at: start, "an integer of a pickle is no number")
        }
        return .hugeInteger
    }

    /// Two's complement, little endian, as many bytes as it needs.
    mutating func takeLong(count: Int) throws(ModelFileError) -> PickleTree.Node {
        let bytes = try take(count: count)
        guard count <= 8 else { return .hugeInteger }
        return bytes.withUnsafeBytes { bytes in
            var value: Int64 = (bytes.last ?? 0) & 0x80 != 0 ? -1 : 0
            for byte in bytes.reversed() { value = value << 8 | Int64(byte) }
            return .integer(Int(value))
        }
    }

    mutating func takeBytes(count: Int) throws(ModelFileError) -> PickleTree.Node {
        let start = position
        _ = try take(count: count)
        return .bytes(start..<position)
    }

    /// Protocol 0 strings are Python literals.
    ///
    /// Names of tensors need no escapes; others are kept as they are.
    mutating func takeQuoted(at start: Int) throws(ModelFileError) -> String {
        let text = try takeLine()
        guard let quote = text.utf8.first, quote == text.utf8.last, text.utf8.count >= 2,
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { throw file.malformed(at: start, "a string of a pickle has no quotes") }
        return String(text.dropFirst().dropLast())
    }
}
