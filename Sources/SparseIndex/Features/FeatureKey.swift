/// What names a feature within a field: a token (`rank_features`) or the number of a token (`sparse_vector`).
///
/// A field has one of the two kinds throughout. Keys are ordered by their bytes, numbers thereby by value.
public struct FeatureKey: Sendable, Hashable, Comparable {
    /// UTF-8 of a token; four bytes of a number, the highest first.
    public let bytes: [UInt8]

    /// A token.
    public init(token: some StringProtocol) { bytes = Array(token.utf8) }

    /// The number of a token.
    public init(id: UInt32) {
        bytes = [
            UInt8(truncatingIfNeeded: id >> 24), UInt8(truncatingIfNeeded: id >> 16),
            UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id),
        ]
    }

    /// By bytes.
    public static func < (a: FeatureKey, b: FeatureKey) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
