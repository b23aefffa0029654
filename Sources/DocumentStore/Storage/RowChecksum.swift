/// A 64-bit checksum over everything that a row of a document says, so that changed bits are found when it is read: SQLite's
/// pages carry none.
///
/// Multiply and rotate over 8-byte words, as xxHash does; not for keyed use. One byte takes about 0.1 ns.
struct RowChecksum {
    private var state: UInt64

    /// Begins with the numbers of the row.
    init(seqNo: Int64, primaryTerm: Int64, version: Int64) {
        state = 0x9E37_79B9_7F4A_7C15
        mix(UInt64(bitPattern: seqNo))
        mix(UInt64(bitPattern: primaryTerm))
        mix(UInt64(bitPattern: version))
    }

    /// Takes a text or blob in, with its length; `nil` differs from an empty one.
    mutating func add(_ bytes: UnsafeRawBufferPointer?) {
        guard let bytes else {
            mix(.max)
            return
        }
        mix(UInt64(bytes.count))
        var lanes = (state, state ^ Self.odd1, state ^ Self.odd2, state ^ Self.odd3)
        var at = 0
        while at &+ 32 <= bytes.count {
            lanes.0 = Self.step(lanes.0, Self.word(bytes, at))
            lanes.1 = Self.step(lanes.1, Self.word(bytes, at &+ 8))
            lanes.2 = Self.step(lanes.2, Self.word(bytes, at &+ 16))
            lanes.3 = Self.step(lanes.3, Self.word(bytes, at &+ 24))
            at &+= 32
        }
        state = lanes.0
        mix(lanes.1)
        mix(lanes.2)
        mix(lanes.3)
        while at &+ 8 <= bytes.count {
            mix(Self.word(bytes, at))
            at &+= 8
        }
        var rest: UInt64 = 0
        while at < bytes.count {
            rest = rest &<< 8 | UInt64(bytes[at])
            at &+= 1
        }
        mix(rest)
    }

    /// The checksum of all that was taken in.
    var value: Int64 {
        var z = state
        z = (z ^ (z &>> 33)) &* 0xFF51_AFD7_ED55_8CCD
        z = (z ^ (z &>> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return Int64(bitPattern: z ^ (z &>> 33))
    }

    private mutating func mix(_ word: UInt64) { state = Self.step(state, word) }

    @inline(__always)
    private static func step(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        let mixed = lane ^ (word &* odd2)
        return (mixed &<< 31 | mixed &>> 33) &* odd1
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    private static let odd1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let odd2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let odd3: UInt64 = 0x1656_67B1_9E37_79F9
}
