/// How a model's vectors are meant to be compared; higher is more alike in every case.
public enum Similarity: String, Sendable, Hashable, CaseIterable {
    /// The cosine of the angle.
    case cosine
    /// The dot product.
    case dot
    /// The negative Euclidean distance.
    case euclidean
    /// The negative sum of absolute differences.
    case manhattan

    /// The similarity of two vectors of the same length; cosine of a zero vector is 0.
    public func callAsFunction(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
        precondition(a.count == b.count, "vectors of one length")
        let pairs = zip(a, b)
        switch self {
        case .dot: return pairs.reduce(0) { $0 + $1.0 * $1.1 }
        case .euclidean: return -pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        case .manhattan: return -pairs.reduce(0) { $0 + abs($1.0 - $1.1) }
        case .cosine:
            let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
            let norms = (a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }).squareRoot()
            return norms > 0 ? dot / norms : 0
        }
    }
}
