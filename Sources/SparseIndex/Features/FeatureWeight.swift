/// A weight as a feature field keeps it: a positive normal float32 with its nine most significant bits.
///
/// The lowest 15 bits of the float are dropped, as Lucene's `FeatureField` does: a stored weight is at most 1/256 (0.4 %) lower than
/// the given one, never higher. What is left has 16 bits, and its order is that of the weights.
public struct FeatureWeight: Sendable, Hashable, Comparable {
    /// The upper bits of the float; what Lucene keeps as the term frequency.
    public let bits: UInt16

    /// Why a weight cannot be kept.
    public enum Fault: Error, Sendable, Equatable {
        /// It is infinite or not a number.
        case notFinite(Float)
        /// It is not a positive normal float: zero, negative, or below ``Swift/Float/leastNormalMagnitude``.
        case tooSmall(Float)
    }

    /// The weight, cut to nine significant bits.
    public init(_ value: Float) throws(Fault) {
        guard value.isFinite else { throw .notFinite(value) }
        guard value >= .leastNormalMagnitude else { throw .tooSmall(value) }
        bits = UInt16(truncatingIfNeeded: value.bitPattern >> 15)
    }

    /// A weight from its bits.
    public init(bits: UInt16) { self.bits = bits }

    /// The weight that is stored.
    @inlinable
    public var value: Float { Float(bitPattern: UInt32(bits) << 15) }

    /// By value.
    public static func < (a: FeatureWeight, b: FeatureWeight) -> Bool { a.bits < b.bits }
}
