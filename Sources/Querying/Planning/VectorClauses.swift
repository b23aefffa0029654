import SearchIndex
import SparseIndex
import VectorIndex

/// Vectors near a vector, the nearest of the whole index.
struct NearestClause {
    /// The nested objects that the vectors belong to.
    struct Nesting {
        var path: String
        /// The path of the objects around them; `nil`: the documents.
        var parentPath: String?
    }

    var field: FieldNumber
    var name: String
    var space: VectorSpace
    /// A `k` of `Int.max` with a radius: all within it.
    var query: VectorQuery
    var filter: Plan?
    /// Set inside a nested query: then the nearest object of each parent is found, and k parents.
    var nesting: Nesting?
    /// Whether all objects of the parents that are found are scored.
    var expandsNested = false
}

/// Documents that share features with the query.
struct FeaturesClause {
    /// How a field with an approximate index is searched.
    struct Approximation {
        /// How many documents of a segment are found.
        var k: Int
        var options: SeismicSearchOptions
    }

    var field: FieldNumber
    var name: String
    /// What explanations call the features.
    var names: [String] = []
    var features: [WeightedFeature] = []
    var approximation: Approximation?
    /// Of an approximate search.
    var filter: Plan?
}

/// A stored number as a score.
struct FeatureClause {
    var number: FieldNumber
    var key: FeatureKey
    /// What Lucene calls field and feature in explanations.
    var field: String
    var name: String
    var function: RankFeatureQuery.Function
}
