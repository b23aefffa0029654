import SearchIndex

/// How the numbers of a field are kept as 64-bit integers of the same order.
public enum NumericEncoding: Sendable, Hashable {
    /// The integer itself: byte to long, booleans (0 and 1), token counts, milliseconds of dates.
    case integer
    /// Unsigned 64 bits with the top bit flipped.
    case unsigned
    /// ``SortableDouble``; floats and half floats as the doubles of the same value.
    case floating
    /// The number times a factor, rounded.
    case scaled(Double)
    /// Nanoseconds since 1970.
    case nanoseconds

    /// The number that an integer stands for; nanoseconds become milliseconds.
    public func double(_ value: Int64) -> Double {
        switch self {
        case .integer: Double(value)
        case .unsigned: Double(UInt64(bitPattern: value ^ .min))
        case .floating: SortableDouble.decode(value)
        case .scaled(let factor): Double(value) / factor
        case .nanoseconds: Double(value / 1_000_000)
        }
    }
}

extension MappedField {
    /// How the field's integers are numbers; nil for a field without integers.
    public var numericEncoding: NumericEncoding? {
        switch kind {
        case .byte, .short, .integer, .long, .boolean, .date, .tokenCount: .integer
        case .unsignedLong: .unsigned
        case .halfFloat, .float, .double: .floating
        case .scaledFloat: .scaled(scalingFactor ?? 1)
        case .dateNanos: .nanoseconds
        default: nil
        }
    }

    /// The values that a signed integer type takes.
    var integerRange: ClosedRange<Int64> {
        switch kind {
        case .byte: -128...127
        case .short: -32_768...32_767
        case .integer, .tokenCount: Int64(Int32.min)...Int64(Int32.max)
        default: Int64.min...Int64.max
        }
    }
}

/// Sixteen-bit floats, as Lucene's `HalfFloatPoint` rounds them.
enum HalfFloat {
    /// The nearest half float, ties to even; infinite beyond 65504.
    static func round(_ value: Float) -> Float {
        guard value.isFinite else { return value }
        let magnitude = value.magnitude
        if magnitude >= 65_520 { return value < 0 ? -.infinity : .infinity }
        // Eleven significant bits, and no step below 2^-24.
        let exponent = max(magnitude == 0 ? -14 : Int(magnitude.exponent), -14)
        let step = Float(sign: .plus, exponent: exponent - 10, significand: 1)
        let rounded = (magnitude / step).rounded(.toNearestOrEven) * step
        return value < 0 ? -rounded : rounded
    }
}
