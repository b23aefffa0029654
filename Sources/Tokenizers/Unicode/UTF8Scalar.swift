/// Reading and writing single scalars of valid UTF-8.
package enum UTF8Scalar {
    /// The number of bytes of the scalar that begins with `lead`.
    @inline(__always)
    package static func length(lead: UInt8) -> Int {
        lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    }

    /// The number of bytes that `scalar` takes.
    @inline(__always)
    package static func length(of scalar: UInt32) -> Int {
        scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
    }

    /// The scalar at `index` and its number of bytes.
    ///
    /// The bytes are valid UTF-8 and `index` is a boundary.
    @inline(__always)
    package static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (scalar: UInt32, length: Int) {
        let lead = UInt32(bytes[index])
        if lead < 0x80 { return (lead, 1) }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | UInt32(bytes[index + 1]) & 0x3F, 2) }
        if lead < 0xF0 {
            let middle = (UInt32(bytes[index + 1]) & 0x3F) << 6
            return ((lead & 0x0F) << 12 | middle | UInt32(bytes[index + 2]) & 0x3F, 3)
        }
        let high = (lead & 0x07) << 18 | (UInt32(bytes[index + 1]) & 0x3F) << 12
        return (high | (UInt32(bytes[index + 2]) & 0x3F) << 6 | UInt32(bytes[index + 3]) & 0x3F, 4)
    }

    /// The scalar at `index` and its number of bytes.
    @inline(__always)
    package static func decode(_ bytes: [UInt8], at index: Int) -> (scalar: UInt32, length: Int) {
        bytes.withUnsafeBufferPointer { decode($0, at: index) }
    }

    /// Writes the bytes of `scalar` to a buffer of at least four and returns their number.
    @inline(__always)
    package static func write(_ scalar: UInt32, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        if scalar < 0x80 {
            buffer[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        }
        if scalar < 0x800 {
            buffer[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
            buffer[1] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            return 2
        }
        if scalar < 0x10000 {
            buffer[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
            buffer[1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
            buffer[2] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            return 3
        }
        buffer[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18 & 0x07)
        buffer[1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F)
        buffer[2] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
        buffer[3] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
        return 4
    }

    /// Appends the bytes of `scalar`.
    @inline(__always)
    package static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        if scalar < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: scalar)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { buffer in
            let count = write(scalar, to: buffer)
            bytes.append(contentsOf: buffer.prefix(count))
        }
    }
}
