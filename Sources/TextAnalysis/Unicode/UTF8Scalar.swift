/// Decoding and encoding of single scalars in text that is valid UTF-8.
enum UTF8Scalar {
    /// The scalar that begins at `position` of valid UTF-8, and its length in bytes.
    @inline(__always)
    static func decode(_ text: UnsafePointer<UInt8>, at position: Int) -> (scalar: UInt32, length: Int) {
        let first = UInt32(text[position])
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | UInt32(text[position + 1]) & 0x3F, 2) }
        if first < 0xF0 {
            let middle = (UInt32(text[position + 1]) & 0x3F) << 6
            return ((first & 0x0F) << 12 | middle | UInt32(text[position + 2]) & 0x3F, 3)
        }
        let high = (UInt32(text[position + 1]) & 0x3F) << 12
        let middle = (UInt32(text[position + 2]) & 0x3F) << 6
        return ((first & 0x07) << 18 | high | middle | UInt32(text[position + 3]) & 0x3F, 4)
    }

    /// The scalar that ends before `position`, and its length in bytes.
    @inline(__always)
    static func decode(_ text: UnsafePointer<UInt8>, before position: Int) -> (scalar: UInt32, length: Int) {
        var start = position - 1
        while text[start] & 0xC0 == 0x80 { start -= 1 }
        return decode(text, at: start)
    }

    /// Writes the UTF-8 of a scalar (U+FFFD for a surrogate) and answers its length.
    @inline(__always)
    static func encode(_ scalar: UInt32, to target: UnsafeMutablePointer<UInt8>) -> Int {
        if scalar < 0x80 {
            target[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        }
        if scalar < 0x800 {
            target[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
            target[1] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            return 2
        }
        if scalar < 0x10000 {
            let value = scalar & 0xF800 == 0xD800 ? 0xFFFD : scalar
            target[0] = UInt8(truncatingIfNeeded: 0xE0 | value >> 12)
            target[1] = UInt8(truncatingIfNeeded: 0x80 | value >> 6 & 0x3F)
            target[2] = UInt8(truncatingIfNeeded: 0x80 | value & 0x3F)
            return 3
        }
        target[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
        target[1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F)
        target[2] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
        target[3] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
        return 4
    }

    /// How many UTF-16 code units a sequence of this many bytes has.
    @inline(__always)
    static func utf16Width(ofBytes length: Int) -> Int { length == 4 ? 2 : 1 }

    /// How many UTF-16 code units valid UTF-8 has.
    static func utf16Count(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var units = 0
        for index in 0..<count {
            let byte = text[index]
            units += (byte & 0xC0 != 0x80 ? 1 : 0) + (byte >= 0xF0 ? 1 : 0)
        }
        return units
    }

    /// How many scalars valid UTF-8 has.
    static func scalarCount(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var scalars = 0
        for index in 0..<count where text[index] & 0xC0 != 0x80 { scalars += 1 }
        return scalars
    }
}
