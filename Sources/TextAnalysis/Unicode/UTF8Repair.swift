/// Makes valid UTF-8 of whatever comes, so that no later stage has to check.
enum UTF8Repair {
    /// Whether the bytes are well-formed UTF-8 (Unicode 16, table 3-7).
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return true }
        let count = text.count
        var index = 0
        while index < count {
            // Most text is ASCII for long stretches.
            while index + 32 <= count {
                let raw = UnsafeRawPointer(base + index)
                let first = raw.loadUnaligned(as: UInt64.self) | raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                let last =
                    raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
                    | raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
                if (first | last) & 0x8080_8080_8080_8080 != 0 { break }
                index += 32
            }
            let stop = min(index + 32, count)
            while index < stop {
                let lead = base[index]
                if lead < 0x80 {
                    index += 1
                    continue
                }
                let length = sequenceLength(base + index, count - index)
                if length == 0 { return false }
                index += length
            }
        }
        return true
    }

    /// The length of the well-formed sequence at the start of the bytes; 0 if there is none.
    @inline(__always)
    private static func sequenceLength(_ bytes: UnsafePointer<UInt8>, _ available: Int) -> Int {
        let lead = bytes[0]
        switch lead {
        case 0..<0x80: return 1
        case 0xC2...0xDF: return available >= 2 && bytes[1] & 0xC0 == 0x80 ? 2 : 0
        case 0xE0...0xEF:
            guard available >= 3, bytes[1] & 0xC0 == 0x80, bytes[2] & 0xC0 == 0x80 else { return 0 }
            if lead == 0xE0, bytes[1] < 0xA0 { return 0 }
            return lead == 0xED && bytes[1] > 0x9F ? 0 : 3
        case 0xF0...0xF4:
            guard available >= 4, bytes[1] & 0xC0 == 0x80, bytes[2] & 0xC0 == 0x80, bytes[3] & 0xC0 == 0x80 else {
                return 0
            }
            if lead == 0xF0, bytes[1] < 0x90 { return 0 }
            return lead == 0xF4 && bytes[1] > 0x8F ? 0 : 4
        default: return 0
        }
    }

    /// The text with U+FFFD in place of what is not UTF-8.
    static func repaired(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        Array(String(decoding: text, as: UTF8.self).utf8)
    }
}
