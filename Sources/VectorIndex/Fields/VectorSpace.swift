/// How far two vectors are apart, and the score that a distance makes: the spaces of OpenSearch's k-NN plugin.
///
/// Small distances are near, high scores are good; each is a falling function of the other.
public enum VectorSpace: String, Sendable, Hashable, CaseIterable {
    /// The sum of the squares of the differences, without a root.
    case l2
    /// The sum of the sizes of the differences.
    case l1
    /// The largest difference.
    case linf
    /// 1 - the cosine of the angle.
    case cosinesimil
    /// The inner product with the sign turned.
    case innerproduct
    /// The number of bits that differ.
    case hamming

    /// The space of a name in a mapping or a script; `hammingbit` is what scripts call ``hamming``.
    public init(name: String) throws(VectorFault) {
        if name == "hammingbit" {
            self = .hamming
        } else if let space = VectorSpace(rawValue: name) {
            self = space
        } else {
            throw VectorFault("Unable to find space: \(name)")
        }
    }

    /// The score of a distance, as OpenSearch computes it; at least 0.
    ///
    /// 1 / (1 + d); cosinesimil: (2 - d) / 2; innerproduct: 1 / (1 + d) from 0 on, 1 - d below.
    public func score(ofDistance distance: Float) -> Float {
        switch self {
        case .l2, .l1, .linf, .hamming: 1 / (1 + distance)
        case .cosinesimil: max(0, (2 - distance) / 2)
        case .innerproduct: distance >= 0 ? 1 / (1 + distance) : 1 - max(distance, -.greatestFiniteMagnitude)
        }
    }

    /// The distance that has a score: the inverse of ``score(ofDistance:)``.
    ///
    /// - Throws: ``VectorFault`` for a score that no distance has.
    public func distance(ofScore score: Float) throws(VectorFault) -> Float {
        guard score > 0 else { throw VectorFault("score cannot be 0 when space type is [\(rawValue)]") }
        switch self {
        case .l2, .l1, .linf, .hamming: return 1 / score - 1
        case .cosinesimil: return 2 - 2 * score
        case .innerproduct: return score > 1 ? 1 - score : 1 / score - 1
        }
    }

    /// What OpenSearch's messages about queries call the space.
    var constantName: String {
        switch self {
        case .innerproduct: "INNER_PRODUCT"
        default: rawValue.uppercased()
        }
    }
}
