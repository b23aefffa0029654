/// Floating-point numbers as integers of the same order (Lucene's `NumericUtils.doubleToSortableLong`).
public enum SortableDouble {
    /// The integer of a number: -0.0 comes before 0.0, NaN after everything.
    public static func encode(_ value: Double) -> Int64 {
        let bits = Int64(bitPattern: value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern)
        return bits ^ (bits >> 63 & .max)
    }

    /// The number of an integer.
    public static func decode(_ value: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: value ^ (value >> 63 & .max)))
    }
}
