/// Reads the fields of one protobuf message, one after the other, without a schema.
///
/// Values of length-delimited fields are handed out in place. The reader never descends by itself, so nesting costs nothing.
///
/// Source: the encoding chapter of the Protocol Buffers documentation (varint, 64-bit, length-delimited, 32-bit; groups are
/// refused, nobody writes them any more).
struct ProtobufReader {
    /// One field as it lies on the wire.
    struct Field {
        /// The number that the schema gives it.
        var number: Int
        var value: Value
        /// Where it begins in the file.
        var offset: Int
    }

    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// Text, a message, or packed numbers.
        case bytes(FileBytes, at: Int)
    }

    private let bytes: FileBytes
    /// Where the message begins in its file, for errors.
    private let base: Int
    private var position = 0

    /// Reads a message.
    ///
    /// - Parameter base: where `bytes` begin in the file.
    init(_ bytes: FileBytes, at base: Int = 0) {
        self.bytes = bytes
        self.base = base
    }

    /// The next field, nil at the end of the message.
    mutating func next() throws(ModelFileError) -> Field? {
        guard position < bytes.count else { return nil }
        let start = position
        let key = try varint()
        let number = key >> 3
        guard number >= 1, number < 1 << 29 else {
            throw bytes.malformed(at: base + start, "\(number) is no field number of a protobuf message")
        }
        let value: Value
        switch key & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try fixed())
        case 2:
            let length = try varint()
            guard let count = Int(exactly: length), count <= bytes.count - position else {
                throw bytes.failure(
                    .truncated, at: base + start,
                    "field \(number) claims \(length) bytes, and its message ends after \(bytes.count - position)",
                    advice: "The file is cut off or damaged: fetch or export it again")
            }
            value = .bytes(try bytes.part(position..<position + count), at: base + position)
            position += count
        case 5: value = .fixed32(try fixed())
        default:
            throw bytes.malformed(at: base + start, "field \(number) has wire type \(key & 7), which is not in use")
        }
        return Field(number: Int(number), value: value, offset: base + start)
    }

    /// An error about a field of this message.
    func malformed(_ field: Field, _ reason: String) -> ModelFileError {
        bytes.malformed(at: field.offset, reason)
    }

    private mutating func varint() throws(ModelFileError) -> UInt64 {
        let start = position
        let (value, length) = bytes.withUnsafeBytes { Self.varint($0, at: start) }
        guard length > 0 else {
            throw bytes.malformed(at: base + start, "a number is cut off or longer than ten bytes")
        }
        position += length
        return value
    }

    private mutating func fixed<Number: FixedWidthInteger>() throws(ModelFileError) -> Number {
        let start = position
        guard bytes.count - start >= MemoryLayout<Number>.size else {
            throw bytes.failure(
                .truncated, at: base + start, "a number is cut off",
                advice: "The file is cut off or damaged: fetch or export it again")
        }
        position += MemoryLayout<Number>.size
        return try bytes.integer(at: start, of: "a field")
    }

    /// The varint at `position` and its length; length 0 if there is none.
    static func varint(_ bytes: UnsafeRawBufferPointer, at position: Int) -> (value: UInt64, length: Int) {
        var value: UInt64 = 0
        for index in 0..<min(10, bytes.count - position) {
            let byte = bytes[position + index]
            // Bits beyond the 64th are dropped, as other readers do.
            value |= UInt64(byte & 0x7F) << (7 * UInt64(index))
            if byte & 0x80 == 0 { return (value, index + 1) }
        }
        return (0, 0)
    }
}
