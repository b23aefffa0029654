package import JSON

/// Writes documents as CBOR (RFC 8949).
package enum CBOREncoder {
    /// The document.
    package static func encode(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        write(value, into: &bytes)
        return bytes
    }

    private static func write(_ value: JSONValue, into bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0xF6)
        case .bool(let flag): bytes.append(flag ? 0xF5 : 0xF4)
        case .string(let text): write(text, into: &bytes)
        case .number(let number):
            if number.isInteger, let integer = number.int {
                head(integer < 0 ? 1 : 0, UInt64(integer < 0 ? -1 - integer : integer), into: &bytes)
            } else {
                bytes.append(0xFB)
                append(number.double.bitPattern, 8, into: &bytes)
            }
        case .array(let elements):
            head(4, UInt64(elements.count), into: &bytes)
            for element in elements { write(element, into: &bytes) }
        case .object(let members):
            head(5, UInt64(members.count), into: &bytes)
            for member in members {
                write(member.key, into: &bytes)
                write(member.value, into: &bytes)
            }
        }
    }

    private static func write(_ text: String, into bytes: inout [UInt8]) {
        head(3, UInt64(text.utf8.count), into: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    /// The major type with its argument in the fewest bytes.
    private static func head(_ major: UInt8, _ argument: UInt64, into bytes: inout [UInt8]) {
        switch argument {
        case ..<24: bytes.append(major << 5 | UInt8(argument))
        case ..<0x100:
            bytes.append(major << 5 | 24)
            append(argument, 1, into: &bytes)
        case ..<0x1_0000:
            bytes.append(major << 5 | 25)
            append(argument, 2, into: &bytes)
        case ..<0x1_0000_0000:
            bytes.append(major << 5 | 26)
            append(argument, 4, into: &bytes)
        default:
            bytes.append(major << 5 | 27)
            append(argument, 8, into: &bytes)
        }
    }

    private static func append(_ value: UInt64, _ count: Int, into bytes: inout [UInt8]) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
}
