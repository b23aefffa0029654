/// Turns texts of queries into vectors: what `neural` queries and `neural_sparse` queries with `query_text` need before they can be planned.
///
/// A search collects its texts and asks once for each model, so that an implementation may encode them as a batch.
public protocol QueryEncoding: Sendable {
    /// Encodes texts densely, as queries where a model tells queries from documents.
    ///
    /// - Parameters:
    ///   - texts: different from each other; at least one.
    ///   - model: the id that the query names.
    /// - Returns: A vector for each text, in their order.
    /// - Throws: ``SearchError``: ``SearchError/unknownModel(_:)`` for an id that is not known, or what keeps the model from encoding.
    func denseVectors(of texts: [String], model: String) async throws -> [[Float]]

    /// Encodes texts as weighted tokens.
    ///
    /// - Parameters:
    ///   - texts: different from each other; at least one.
    ///   - encoder: what makes tokens of them.
    /// - Returns: The tokens of each text, in the order of texts; tokens of weight 0 or less may be left out.
    /// - Throws: ``SearchError``: ``SearchError/unknownModel(_:)`` or ``SearchError/unknownAnalyzer(_:)`` for a name that is not known, or
    ///   what keeps it from encoding.
    func sparseVectors(of texts: [String], by encoder: SparseQueryEncoder) async throws -> [[WeightedToken]]
}

/// What makes weighted tokens of a text.
public enum SparseQueryEncoder: Sendable, Hashable {
    /// A model, by its id.
    case model(String)
    /// A tokenizer whose tokens have fixed weights, by the name of OpenSearch's analyser: `bert-uncased`, `mbert-uncased`.
    case analyzer(String)
}

/// A token of a learned-sparse vector with its weight.
public struct WeightedToken: Sendable, Hashable {
    /// The token as the vocabulary writes it; the digits of its number where only that is given.
    public var token: String
    /// Its number in the vocabulary, which `sparse_vector` fields know it by; `nil` if it is not known.
    public var id: UInt32?
    /// Its weight in the query.
    public var weight: Float

    /// A token with its weight.
    public init(token: String, id: UInt32? = nil, weight: Float) {
        self.token = token
        self.id = id
        self.weight = weight
    }
}

extension SearchError {
    /// A model that is not there: 404, as OpenSearch answers.
    public static func unknownModel(_ id: String) -> SearchError {
        SearchError(
            type: "status_exception", reason: "Failed to find model with the provided model id: \(id)", status: 404)
    }

    /// An analyser of tokens that is not there.
    public static func unknownAnalyzer(_ name: String) -> SearchError {
        illegalArgument(
            "Analyzer [\(name)] not found in shard context. Name a model with [model_id], or give [query_tokens]")
    }

    /// A text without a model.
    static func missingModel(_ query: String) -> SearchError {
        illegalArgument(
            "[\(query)] query needs [model_id] for its [query_text]: name a model in the query, or in a neural_query_enricher of the search pipeline"
        )
    }
}
