package import JSON

/// Writes documents as Smile, without shared names and values.
///
/// Source: https://github.com/FasterXML/smile-format-specification.
package enum SmileEncoder {
    /// The document, with its header.
    package static func encode(_ value: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = Array(":)\n".utf8) + [0]
        write(value, into: &bytes)
        return bytes
    }

    private static func write(_ value: JSONValue, into bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0x21)
        case .bool(let flag): bytes.append(flag ? 0x23 : 0x22)
        case .string(let text): write(text, into: &bytes)
        case .number(let number):
            if number.isInteger, let integer = number.int {
                write(integer, into: &bytes)
            } else {
                bytes.append(0x29)
                sevenBits(number.double.bitPattern, groups: 10, into: &bytes)
            }
        case .array(let elements):
            bytes.append(0xF8)
            for element in elements { write(element, into: &bytes) }
            bytes.append(0xF9)
        case .object(let members):
            bytes.append(0xFA)
            for member in members {
                writeKey(member.key, into: &bytes)
                write(member.value, into: &bytes)
            }
            bytes.append(0xFB)
        }
    }

    private static func write(_ integer: Int, into bytes: inout [UInt8]) {
        let zigzag = UInt64(bitPattern: Int64(integer << 1 ^ integer >> 63))
        if zigzag < 32 { return bytes.append(0xC0 + UInt8(zigzag)) }
        bytes.append(Int32(exactly: integer) != nil ? 0x24 : 0x25)
        // The last byte has six bits and its top bit set, those before it seven.
        var groups: [UInt8] = [0x80 | UInt8(zigzag & 0x3F)]
        var rest = zigzag >> 6
        while rest > 0 {
            groups.append(UInt8(rest & 0x7F))
            rest >>= 7
        }
        bytes.append(contentsOf: groups.reversed())
    }

    private static func write(_ text: String, into bytes: inout [UInt8]) {
        let count = text.utf8.count
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        switch count {
        case 0: bytes.append(0x20)
        case ...64 where isASCII: bytes.append(0x40 + UInt8(count - 1))
        case 2...65 where !isASCII: bytes.append(0x80 + UInt8(count - 2))
        default:
            bytes.append(isASCII ? 0xE0 : 0xE4)
            bytes.append(contentsOf: text.utf8)
            return bytes.append(0xFC)
        }
        bytes.append(contentsOf: text.utf8)
    }

    private static func writeKey(_ key: String, into bytes: inout [UInt8]) {
        let count = key.utf8.count
        let isASCII = key.utf8.allSatisfy { $0 < 0x80 }
        switch count {
        case 0: bytes.append(0x20)
        case ...64 where isASCII: bytes.append(0x80 + UInt8(count - 1))
        case 2...57 where !isASCII: bytes.append(0xC0 + UInt8(count - 2))
        default:
            bytes.append(0x34)
            bytes.append(contentsOf: key.utf8)
            return bytes.append(0xFC)
        }
        bytes.append(contentsOf: key.utf8)
    }

    private static func sevenBits(_ value: UInt64, groups: Int, into bytes: inout [UInt8]) {
        for index in (0..<groups).reversed() { bytes.append(UInt8(value >> UInt64(7 * index) & 0x7F)) }
    }
}
