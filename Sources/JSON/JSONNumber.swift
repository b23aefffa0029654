/// A JSON number: a 64-bit integer, signed or unsigned, if its text is an integer that fits, otherwise the nearest double.
///
/// `1` and `1.0` are equal, as RFC 8259 gives numbers no types; the difference is kept for writing. `-0` is kept as a double,
/// so that its sign survives. Integers beyond 64 bits become the nearest double.
public struct JSONNumber: Sendable {
    package enum Storage: Sendable {
        case integer(Int64)
        /// Integers above those of `integer`.
        case unsigned(UInt64)
        case real(Double)
    }

    package let storage: Storage

    package init(storage: Storage) { self.storage = storage }

    /// A number that is an integer.
    public init(_ value: Int) { storage = .integer(Int64(value)) }

    /// A number that is an unsigned integer.
    public init(_ value: UInt64) {
        storage = Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    }

    /// A number that is a double.
    ///
    /// Infinities and NaN have no JSON text; they are written as `null`.
    public init(_ value: Double) { storage = .real(value) }

    /// The value if it is integral and fits, whether it was written `3` or `3.0`.
    public var int: Int? {
        switch storage {
        case .integer(let value): Int(exactly: value)
        case .unsigned: nil
        case .real(let value): Int(exactly: value)
        }
    }

    /// The value as a double: exact for doubles, rounded for integers above 2^53.
    public var double: Double {
        switch storage {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .real(let value): value
        }
    }

    /// The value if it is an integer from 0 on that fits 64 bits.
    public var unsigned: UInt64? {
        switch storage {
        case .integer(let value): UInt64(exactly: value)
        case .unsigned(let value): value
        case .real(let value): UInt64(exactly: value)
        }
    }

    /// Whether the text was an integer that fits 64 bits, signed or unsigned.
    public var isInteger: Bool {
        if case .real = storage { false } else { true }
    }
}

extension JSONNumber: Hashable {
    /// Compares values, not spellings: `1 == 1.0`.
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        switch (left.storage, right.storage) {
        case (.integer(let left), .integer(let right)): left == right
        case (.real(let left), .real(let right)): left == right
        case (.integer(let integer), .real(let real)), (.real(let real), .integer(let integer)):
            Int64(exactly: real) == integer
        case (.unsigned(let left), .unsigned(let right)): left == right
        case (.unsigned(let unsigned), .real(let real)), (.real(let real), .unsigned(let unsigned)):
            UInt64(exactly: real) == unsigned
        case (.unsigned, .integer), (.integer, .unsigned): false
        }
    }

    /// Hashes the value so that equal numbers hash alike.
    public func hash(into hasher: inout Hasher) {
        switch storage {
        case .integer(let value):
            hasher.combine(value)
        case .unsigned(let value):
            hasher.combine(value)
        case .real(let value):
            if let integer = Int64(exactly: value) {
                hasher.combine(integer)
            } else if let unsigned = UInt64(exactly: value) {
                hasher.combine(unsigned)
            } else {
                hasher.combine(value)
            }
        }
    }
}

extension JSONNumber: CustomStringConvertible {
    /// The number as JSON text.
    public var description: String {
        switch storage {
        case .integer(let value): value.description
        case .unsigned(let value): value.description
        case .real(let value): value.isFinite ? value.description : "null"
        }
    }
}
