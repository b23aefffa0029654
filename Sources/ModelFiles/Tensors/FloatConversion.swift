/// Conversions between float32 and the 16-bit formats of weights, written so that loops over them vectorise without special instructions.
package enum FloatConversion {
    /// The exact value of an IEEE binary16.
    @inline(__always)
    package static func fromHalf(_ bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF)
        let sign = UInt32(bits & 0x8000) << 16
        // Normal numbers move their exponent from bias 15 to bias 127; infinities and NaN take the top exponent.
        let normal = magnitude << 13 &+ (magnitude >= 0x7C00 ? 224 : 112) << 23
        // Subnormal numbers are multiples of 2^-24.
        let subnormal = (Float(Int32(truncatingIfNeeded: magnitude)) * 0x1p-24).bitPattern
        return Float(bitPattern: sign | (magnitude < 0x0400 ? subnormal : normal))
    }

    /// The nearest IEEE binary16, ties to even; what is too large becomes infinite.
    package static func toHalf(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 { return sign | 0x7E00 }
        if magnitude >= 0x4780_0000 { return sign | 0x7C00 }
        if magnitude < 0x3880_0000 {
            // Below 2^-14: adding 0.5 leaves the value in units of 2^-24, rounded, in the low bits.
            let shifted = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: shifted.bitPattern &- Float(0.5).bitPattern)
        }
        // Rounding up may carry into the exponent, up to infinity, as it should.
        let rounded = magnitude &+ 0xFFF &+ (magnitude >> 13 & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded &- 112 << 23) >> 13)
    }

    /// The nearest bfloat16, ties to even.
    package static func toBrainFloat(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}
