/// Reads numbers from bytes that may be damaged: never behind the end.
struct ByteReader {
    private let base: UnsafePointer<UInt8>
    private(set) var offset: Int
    private let end: Int
    /// Whether something was asked for that is not there; everything read since is 0.
    private(set) var hasFailed = false

    /// - Parameter range: what may be read; must be within the memory at `base`.
    init(_ base: UnsafeRawPointer, _ range: Range<Int>) {
        self.base = base.assumingMemoryBound(to: UInt8.self)
        offset = range.lowerBound
        end = range.upperBound
    }

    @inline(__always)
    mutating func variable() -> UInt64 {
        var value: UInt64 = 0, shift: UInt64 = 0
        while offset < end, shift < 64 {
            let byte = base[offset]
            offset &+= 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        hasFailed = true
        return 0
    }

    @inline(__always)
    mutating func variable32() -> UInt32 { UInt32(truncatingIfNeeded: variable()) }

    @inline(__always)
    mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T {
        guard end - offset >= MemoryLayout<T>.size else {
            hasFailed = true
            return 0
        }
        let value = UnsafeRawPointer(base + offset).loadUnaligned(as: T.self)
        offset &+= MemoryLayout<T>.size
        return T(littleEndian: value)
    }

    /// Passes over bytes and says where they begin; `nil` when there are not as many.
    @inline(__always)
    mutating func skip(_ count: Int) -> Int? {
        guard count >= 0, count <= end - offset else {
            hasFailed = true
            return nil
        }
        offset &+= count
        return offset &- count
    }
}
