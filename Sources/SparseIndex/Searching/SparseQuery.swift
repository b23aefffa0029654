/// A feature with its weight in a query.
public struct WeightedFeature: Sendable, Hashable {
    /// The highest weight of a query, as Lucene's `FeatureField.newLinearQuery` has it.
    public static let highestWeight: Float = 64

    /// The feature.
    public var key: FeatureKey
    /// Its weight; positive and finite.
    public var weight: Float

    /// A feature with its weight.
    public init(_ key: FeatureKey, _ weight: Float) {
        self.key = key
        self.weight = weight
    }
}

/// A document that was found.
public struct SparseHit: Sendable, Hashable {
    /// The document's number in the segment.
    public var document: Int
    /// The sum over shared features of the query's weight times the stored one: products in float32, the sum in float64, rounded to
    /// float32 at the end, as Lucene adds up the linear clauses of a `bool` query.
    public var score: Float

    /// A document with its score.
    public init(document: Int, score: Float) {
        self.document = document
        self.score = score
    }
}
