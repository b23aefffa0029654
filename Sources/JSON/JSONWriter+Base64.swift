extension JSONWriter {
    /// Writes floats as a string: base64 (RFC 4648, padded) of their little-endian bytes, four for each.
    public mutating func base64(_ values: ArraySlice<Float>) {
        // A key path of two steps is not compiled away: it cost 70 times as much as the encoding.
        let words = values.map { $0.bitPattern.littleEndian }
        separate()
        let count = (words.count * 4 + 2) / 3 * 4
        let start = bytes.count + 1
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: count + 2))
        words.withUnsafeBytes { source in
            bytes.withUnsafeMutableBufferPointer { all in
                Self.encode(source, into: UnsafeMutableBufferPointer(rebasing: all[start..<(start + count)]))
            }
        }
        needsComma = true
    }

    private static func encode(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt8>) {
        let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let digit = digits.utf8Start
        var read = 0
        var write = 0
        while read + 3 <= source.count {
            let bits = Int(source[read]) << 16 | Int(source[read + 1]) << 8 | Int(source[read + 2])
            target[write] = digit[bits >> 18]
            target[write + 1] = digit[bits >> 12 & 63]
            target[write + 2] = digit[bits >> 6 & 63]
            target[write + 3] = digit[bits & 63]
            read += 3
            write += 4
        }
        let rest = source.count - read
        guard rest > 0 else { return }
        let bits = Int(source[read]) << 16 | (rest == 2 ? Int(source[read + 1]) << 8 : 0)
        target[write] = digit[bits >> 18]
        target[write + 1] = digit[bits >> 12 & 63]
        target[write + 2] = rest == 2 ? digit[bits >> 6 & 63] : UInt8(ascii: "=")
        target[write + 3] = UInt8(ascii: "=")
    }
}
