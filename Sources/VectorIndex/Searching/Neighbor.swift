/// A row with its distance, as one number: nearer rows are smaller, equally near ones in the order of rows.
struct Neighbor: Comparable {
    var key: UInt64

    @inline(__always)
    init(distance: Float, row: UInt32) {
        // What is no number is as far as can be: as a key it would be before everything.
        let distance = distance < .infinity ? distance : .infinity
        // Floats in the order of unsigned numbers: turn all bits of negative ones, the sign of the others.
        let bits = (distance + 0).bitPattern
        let ordered = bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000)
        key = UInt64(ordered) << 32 | UInt64(row)
    }

    @inline(__always) var row: UInt32 { UInt32(truncatingIfNeeded: key) }

    @inline(__always) var distance: Float {
        let ordered = UInt32(truncatingIfNeeded: key >> 32)
        return Float(bitPattern: ordered ^ (ordered >> 31 == 1 ? 0x8000_0000 : 0xffff_ffff))
    }

    @inline(__always)
    static func < (a: Neighbor, b: Neighbor) -> Bool { a.key < b.key }
}
