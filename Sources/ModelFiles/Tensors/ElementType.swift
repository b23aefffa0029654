/// The types of numbers that weights are stored in, all little-endian.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    /// IEEE 754 binary32.
    case f32
    /// IEEE 754 binary16.
    case f16
    /// The upper half of a binary32.
    case bf16
    /// IEEE 754 binary64.
    case f64
    /// Signed 8-bit integer.
    case i8
    /// Unsigned 8-bit integer.
    case u8
    /// Signed 16-bit integer.
    case i16
    /// Unsigned 16-bit integer.
    case u16
    /// Signed 32-bit integer.
    case i32
    /// Unsigned 32-bit integer.
    case u32
    /// Signed 64-bit integer.
    case i64
    /// Unsigned 64-bit integer.
    case u64
    /// One byte, zero for false.
    case bool

    /// The size of one element in bytes.
    public var byteCount: Int {
        switch self {
        case .i8, .u8, .bool: 1
        case .f16, .bf16, .i16, .u16: 2
        case .f32, .i32, .u32: 4
        case .f64, .i64, .u64: 8
        }
    }

    /// Whether the elements are floating-point numbers.
    public var isFloatingPoint: Bool {
        switch self {
        case .f32, .f16, .bf16, .f64: true
        default: false
        }
    }
}
