/// What is kept of a field in a file of its own, one for each segment.
public enum Companion: Sendable, Hashable {
    /// Nothing: all that is kept of the field is in the segment's file.
    case none
    /// Dense vectors, at most one for each document.
    case vectors(VectorOptions)
    /// Features with weights: learned sparse vectors.
    case features(FeatureOptions)
}
