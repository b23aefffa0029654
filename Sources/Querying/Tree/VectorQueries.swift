/// The `knn` part: vectors near a vector.
public struct KNNQuery: Sendable, Hashable {
    /// The field, a `knn_vector`.
    public var field: String
    /// What is looked for.
    public var vector: [Float]
    /// How many, among which, and how.
    public var search: NeighborSearch
}

/// How near vectors are searched: what `knn` and `neural` have in common.
public struct NeighborSearch: Sendable, Hashable {
    /// Which vectors are near enough.
    public enum Extent: Sendable, Hashable {
        /// So many of the nearest.
        case nearest(Int)
        /// All with a score of at least this.
        case minScore(Float)
        /// All within a distance.
        case maxDistance(Float)
    }

    /// The most vectors that OpenSearch lets a query ask for.
    public static let maximumNearest = 10_000

    /// Which vectors are near enough.
    public var extent = Extent.nearest(10)
    /// What documents must match to be found at all; the nearest are chosen among these.
    public var filter: Query?
    /// `method_parameters.ef_search`: the width of a graph search.
    public var efSearch: Int?
    /// `method_parameters.nprobes`, which graphs have nothing to do with: a field refuses it.
    public var clusterCount: Int?
    /// `rescore.oversample_factor`: how many times as many candidates are compared by their full vectors.
    public var oversampling: Float?
    /// `expand_nested_docs`: whether all nested objects of a document are found that are near enough, not its nearest one alone.
    public var expandsNested = false
    /// `ignore_unmapped`: whether an index without the field matches nothing instead of failing.
    public var ignoresUnmapped = false

    /// The ten nearest of all.
    public init() {}
}

/// The `neural` part: documents near a text, which a model turns into a vector or into weighted tokens, as the field needs it.
public struct NeuralQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The text; `nil` where tokens are given.
    public var text: String?
    /// The tokens, in place of a text; for fields with features.
    public var tokens: [WeightedToken]?
    /// The id of the model.
    public var model: String?
    /// `semantic_field_search_analyzer`: what makes tokens in place of a model.
    public var analyzer: String?
    /// How many, among which, and how.
    public var search: NeighborSearch

    /// What it is on a field with features.
    var sparse: NeuralSparseQuery {
        NeuralSparseQuery(field: field, text: text, tokens: tokens, model: model, analyzer: analyzer)
    }
}

/// The `neural_sparse` part: documents that share weighted tokens with the query.
public struct NeuralSparseQuery: Sendable, Hashable {
    /// `method_parameters`: how a `sparse_vector` field is searched approximately.
    public struct Method: Sendable, Hashable {
        /// `top_n`: how many tokens of the query choose candidates.
        public var tokens: Int?
        /// `heap_factor`: higher finds more.
        public var heapFactor: Float?
        /// `k`: how many documents are found.
        public var k: Int?
        /// What they must match.
        public var filter: Query?
    }

    /// The field: `rank_features` or `sparse_vector`.
    public var field: String
    /// The text; `nil` where tokens are given.
    public var text: String?
    /// The tokens, in place of a text.
    public var tokens: [WeightedToken]?
    /// The id of the model that makes tokens of the text.
    public var model: String?
    /// The analyser that does.
    public var analyzer: String?
    /// How a `sparse_vector` field is searched approximately; `nil`: as its mapping says.
    public var method: Method?

    /// The analyser that OpenSearch takes where neither model nor analyser is named.
    public static let defaultAnalyzer = "bert-uncased"

    /// What makes tokens of the text.
    public var encoder: SparseQueryEncoder {
        if let model { return .model(model) }
        return .analyzer(analyzer ?? Self.defaultAnalyzer)
    }
}
