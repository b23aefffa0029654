public import MLCommons
public import Querying

/// Encodes the texts of queries and of documents, and scores passages, with the models of ML Commons by their ids, and with others by what
/// else they are called.
///
/// An id that ML Commons knows is its own, also while the model is not deployed: the search then fails with what ML Commons says.
public struct NodeEncoding: Sendable {
    private let commons: MLCommons
    private let queries: any QueryEncoding
    private let documents: any DocumentTextEncoding
    private let passages: any PassageScoring

    /// An encoding.
    ///
    /// - Parameters:
    ///   - queries: encodes queries where ML Commons has no model of an id.
    ///   - documents: encodes documents where ML Commons has no model of an id.
    ///   - passages: scores passages where ML Commons has no model of an id.
    public init(
        _ commons: MLCommons, queries: any QueryEncoding, documents: any DocumentTextEncoding,
        passages: any PassageScoring
    ) {
        self.commons = commons
        self.queries = queries
        self.documents = documents
        self.passages = passages
    }

    private func knows(_ model: String) -> Bool { commons.function(ofModel: model) != nil }

    private func dense(_ texts: [String], _ model: String, asQueries: Bool) async throws -> [[Float]] {
        do {
            return try await commons.embeddings(of: texts, model: model, asQueries: asQueries)
        } catch let error as MLError {
            throw SearchError(error)
        }
    }

    private func sparse(_ texts: [String], _ model: String) async throws -> [[WeightedToken]] {
        do {
            return try await commons.sparseVectors(of: texts, model: model).map { $0.map(WeightedToken.init) }
        } catch let error as MLError {
            throw SearchError(error)
        }
    }
}

extension NodeEncoding: QueryEncoding {
    /// Encodes texts densely, with what the model puts before queries.
    ///
    /// - Throws: `SearchError`.
    public func denseVectors(of texts: [String], model: String) async throws -> [[Float]] {
        guard knows(model) else { return try await queries.denseVectors(of: texts, model: model) }
        return try await dense(texts, model, asQueries: true)
    }

    /// Encodes texts as weighted tokens.
    ///
    /// - Throws: `SearchError`.
    public func sparseVectors(of texts: [String], by encoder: SparseQueryEncoder) async throws -> [[WeightedToken]] {
        guard case .model(let model) = encoder, knows(model) else {
            return try await queries.sparseVectors(of: texts, by: encoder)
        }
        return try await sparse(texts, model)
    }
}

extension NodeEncoding: DocumentTextEncoding {
    /// Encodes texts densely, with what the model puts before passages.
    ///
    /// - Throws: `SearchError`.
    public func denseVectors(ofDocuments texts: [String], model: String) async throws -> [[Float]] {
        guard knows(model) else { return try await documents.denseVectors(ofDocuments: texts, model: model) }
        return try await dense(texts, model, asQueries: false)
    }

    /// Encodes texts as weighted tokens.
    ///
    /// - Throws: `SearchError`.
    public func sparseVectors(ofDocuments texts: [String], model: String) async throws -> [[WeightedToken]] {
        guard knows(model) else { return try await documents.sparseVectors(ofDocuments: texts, model: model) }
        return try await sparse(texts, model)
    }
}

extension NodeEncoding: PassageScoring {
    /// The raw scores of passages for a query.
    ///
    /// - Throws: `SearchError`.
    public func scores(of passages: [String], for query: String, model: String) async throws -> [Float] {
        guard knows(model) else { return try await self.passages.scores(of: passages, for: query, model: model) }
        do {
            return try await commons.scores(of: passages, for: query, model: model)
        } catch let error as MLError {
            throw SearchError(error)
        }
    }
}

extension WeightedToken {
    fileprivate init(_ weight: TokenWeight) {
        self.init(token: weight.token, id: UInt32(exactly: weight.id), weight: weight.weight)
    }
}

extension SearchError {
    fileprivate init(_ error: MLError) {
        self.init(type: error.type, reason: error.reason, status: error.status)
    }
}
