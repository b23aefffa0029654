import Encoders
public import Inference
public import Querying

/// Turns the texts of queries into vectors with the models of an engine, which queries call by their names there.
///
/// A dense model gets its prompt for queries, or else its default one; a sparse model encodes as queries are encoded. An analyser of tokens is a
/// sparse model by the analyser's name: a folder with a tokenizer and weights of query tokens, served as `bert-uncased`, is what
/// `neural_sparse` queries without a model ask for.
public struct EngineQueryEncoding: QueryEncoding {
    private let engine: InferenceEngine

    /// Encodes with an engine's models.
    public init(_ engine: InferenceEngine) {
        self.engine = engine
    }

    /// Encodes texts densely.
    ///
    /// - Throws: ``SearchError``.
    public func denseVectors(of texts: [String], model: String) async throws -> [[Float]] {
        var request = EmbedRequest(model: model, inputs: texts.map { .text($0) })
        request.prompt = engine.prompt(of: model, for: .query)
        do throws(InferenceError) {
            return try await engine.embed(request).embeddings.map { Array($0) }
        } catch {
            throw SearchError(error, model: model)
        }
    }

    /// Encodes texts as weighted tokens.
    ///
    /// - Throws: ``SearchError``.
    public func sparseVectors(of texts: [String], by encoder: SparseQueryEncoder) async throws -> [[WeightedToken]] {
        let name: String
        switch encoder {
        case .model(let model): name = model
        case .analyzer(let analyzer): name = analyzer
        }
        var request = SparseRequest(model: name, inputs: texts.map { .text($0) })
        request.role = .query
        do throws(InferenceError) {
            return try engine.weightedTokens(of: try await engine.encodeSparse(request).vectors, model: name)
        } catch {
            if case .analyzer = encoder, error.code == .noModel { throw SearchError.unknownAnalyzer(name) }
            throw SearchError(error, model: name)
        }
    }
}

extension InferenceEngine {
    /// What a model wants before the texts of one side: its prompt for that side if it has one, else its default.
    func prompt(of model: String, for side: SparseRole) -> Prompt {
        let status = models.first { $0.declaration.name == model || $0.declaration.aliases.contains(model) }
        let known = Set(status?.facts?.promptNames ?? [])
        return switch side {
        case .query: known.contains("query") ? .query : .modelDefault
        case .document:
            known.isDisjoint(with: ["document", "passage", "corpus"]) ? .modelDefault : .document
        }
    }

    /// The entries of sparse vectors with the tokens that a model writes for them.
    func weightedTokens(of vectors: [SparseVector], model: String) throws(InferenceError) -> [[WeightedToken]] {
        let texts = try tokens(of: vectors.flatMap(\.tokenIDs), model: model)
        var next = 0
        return vectors.map { vector in
            zip(vector.tokenIDs, vector.weights).map { id, weight in
                defer { next += 1 }
                return WeightedToken(token: texts[next] ?? "\(id)", id: UInt32(exactly: id), weight: weight)
            }
        }
    }
}

extension SearchError {
    /// What keeps a model from encoding the text of a query, as a search answers it.
    init(_ error: InferenceError, model: String) {
        switch error.code {
        case .noModel: self = .unknownModel(model)
        case .overloaded, .queueTimeout:
            self.init(type: "rejected_execution_exception", reason: error.message, status: 429)
        case .modelNotReady, .stopping: self.init(type: "status_exception", reason: error.message, status: 503)
        case .cancelled: self.init(type: "task_cancelled_exception", reason: error.message, status: 400)
        case .backend, .tokenizer: self.init(type: "m_l_exception", reason: error.message, status: 500)
        case .emptyInput, .tooManyTexts, .tooManyTokens, .invalidValue, .wrongModelKind:
            self = .illegalArgument(error.message)
        }
    }
}
