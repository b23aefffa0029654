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
    /// Whether the filter matches documents that have none of its fields.
    var filterMatchesEmpty = false
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

extension Plan {
    /// Whether a document without any field matches: such a filter says something of nested objects and of their documents alike.
    var matchesEmpty: Bool {
        switch self {
        case .all: true
        case .boost(let inner, _), .constant(let inner), .boosting(let inner, _, _): inner.matchesEmpty
        case .functions(let clause): clause.query.matchesEmpty
        case .disMax(let parts, _): parts.contains(where: \.matchesEmpty)
        case .boolean(let clause):
            (clause.must + clause.filter).allSatisfy(\.matchesEmpty) && !clause.mustNot.contains(where: \.matchesEmpty)
                && clause.should.count(where: \.matchesEmpty)
                    >= max(clause.minimumShouldMatch, clause.must.isEmpty && clause.filter.isEmpty ? 1 : 0)
        default: false
        }
    }
}
