/// The length of a field in one byte: Lucene's `SmallFloat.intToByte4`: exact up to 40, then four significant bits.
public enum FieldLength {
    /// The byte of a length.
    public static func encode(_ length: Int) -> UInt8 {
        let length = max(0, min(length, Int(Int32.max)))
        if length < freeValues { return UInt8(length) }
        return UInt8(freeValues + encode4(length - freeValues))
    }

    /// The length that a byte stands for.
    public static func decode(_ byte: UInt8) -> Int {
        Int(byte) < freeValues ? Int(byte) : freeValues + decode4(Int(byte) - freeValues)
    }

    private static let freeValues = 255 - encode4(Int(Int32.max))

    private static func encode4(_ value: Int) -> Int {
        let bits = 64 - value.leadingZeroBitCount
        if bits < 4 { return value }
        let shift = bits - 4
        return (value >> shift) & 7 | (shift + 1) << 3
    }

    private static func decode4(_ code: Int) -> Int {
        let mantissa = code & 7, shift = (code >> 3) - 1
        return shift == -1 ? mantissa : (mantissa | 8) << shift
    }
}
