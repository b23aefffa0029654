/// Writes protobuf messages, field by field, into bytes.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// A field of variable length: integers, enumerations, booleans.
    mutating func integer(_ field: Int, _ value: Int) {
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// A field of text.
    mutating func text(_ field: Int, _ value: String) { message(field, Array(value.utf8)) }

    /// A float.
    mutating func float(_ field: Int, _ value: Float) {
        tag(field, 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A field of bytes, or a message.
    mutating func message(_ field: Int, _ value: [UInt8]) {
        begin(field, count: value.count)
        bytes.append(contentsOf: value)
    }

    /// A message that `write` fills.
    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        message(field, inner.bytes)
    }

    /// The beginning of a field of bytes whose `count` bytes are written elsewhere.
    mutating func begin(_ field: Int, count: Int) {
        tag(field, 2)
        varint(UInt64(count))
    }

    private mutating func tag(_ field: Int, _ type: Int) { varint(UInt64(field << 3 | type)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
