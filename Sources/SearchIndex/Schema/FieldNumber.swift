/// The number under which an index knows a field.
///
/// Names belong to the mapping, which hands numbers out and keeps them.
///
/// Numbers should be small and dense (0, 1, 2, ...): arrays are indexed by them.
public struct FieldNumber: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// The number itself.
    public let rawValue: UInt32

    /// A field by its number.
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// A field by its number.
    public init(integerLiteral value: UInt32) { rawValue = value }

    /// The highest number an index takes: what is above is the index's own.
    public static let highest = FieldNumber(1_000_000)

    /// Holds which fields a document has: one term a field, its number in four bytes, big endian.
    static let existence = FieldNumber(.max)

    /// The field as a term of ``existence``.
    var term: [UInt8] { withUnsafeBytes(of: rawValue.bigEndian) { Array($0) } }

    /// By number.
    public static func < (a: FieldNumber, b: FieldNumber) -> Bool { a.rawValue < b.rawValue }

    /// The number in decimal.
    public var description: String { "field \(rawValue)" }
}
