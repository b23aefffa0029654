/// The `rank_feature` part: a stored number as a score.
public struct RankFeatureQuery: Sendable, Hashable {
    /// How the number becomes a score.
    public enum Function: Sendable, Hashable {
        /// `S / (S + pivot)`; `nil`: a pivot near the mean of the index.
        case saturation(pivot: Float?)
        /// `ln(scalingFactor + S)`
        case log(scalingFactor: Float)
        /// `S^exponent / (S^exponent + pivot^exponent)`
        case sigmoid(pivot: Float, exponent: Float)
        /// `S`
        case linear
    }

    /// A `rank_feature` field, or a feature of a `rank_features` field: `topics.politics`.
    public var field: String
    /// How the number becomes a score.
    public var function: Function
}

/// The script `knn_score`: the exact score of a document's vector.
public struct VectorScript: Sendable, Hashable {
    /// A `knn_vector` field.
    public var field: String
    /// What vectors are compared with.
    public var vector: [Float]
    /// How, by the name of a space.
    public var space: String
}
