/// What the texts of a search's queries became; planning looks them up here.
public struct QueryEncodings: Sendable {
    private struct DenseKey: Hashable {
        var model: String
        var text: String
    }

    private struct SparseKey: Hashable {
        var encoder: SparseQueryEncoder
        var text: String
    }

    private var dense: [DenseKey: [Float]] = [:]
    private var sparse: [SparseKey: [WeightedToken]] = [:]

    /// No texts.
    public static let none = QueryEncodings()

    private init() {}

    /// Encodes the texts of queries that are asked together, all texts of one model at once.
    ///
    /// - Parameters:
    ///   - queries: all that may have texts.
    ///   - encoder: `nil`: there is none, and queries with texts fail as with a model that is not known.
    /// - Throws: ``SearchError``.
    public init(
        of queries: [Query], by encoder: (any QueryEncoding)?
    ) async throws {
        var texts = QueryTexts()
        for query in queries { try texts.add(query) }
        for (model, texts) in texts.dense {
            guard let encoder else { throw SearchError.unknownModel(model) }
            let vectors = try await encoder.denseVectors(of: texts, model: model)
            precondition(vectors.count == texts.count, "an encoder gives one vector for each text")
            for (text, vector) in zip(texts, vectors) { dense[DenseKey(model: model, text: text)] = vector }
        }
        for (source, texts) in texts.sparse {
            guard let encoder else {
                switch source {
                case .model(let id): throw SearchError.unknownModel(id)
                case .analyzer(let name): throw SearchError.unknownAnalyzer(name)
                }
            }
            let vectors = try await encoder.sparseVectors(of: texts, by: source)
            precondition(vectors.count == texts.count, "an encoder gives the tokens of each text")
            for (text, tokens) in zip(texts, vectors) { sparse[SparseKey(encoder: source, text: text)] = tokens }
        }
    }

    /// The vector of a text; `nil` if it was not encoded.
    func vector(of text: String, model: String) -> [Float]? { dense[DenseKey(model: model, text: text)] }

    /// The tokens of a text; `nil` if it was not encoded.
    func tokens(of text: String, by encoder: SparseQueryEncoder) -> [WeightedToken]? {
        sparse[SparseKey(encoder: encoder, text: text)]
    }
}

/// Texts to encode, each once, in the order in which they are met.
private struct QueryTexts {
    private(set) var dense: [(model: String, texts: [String])] = []
    private(set) var sparse: [(encoder: SparseQueryEncoder, texts: [String])] = []

    mutating func add(_ query: Query) throws {
        try query.forEach { part, _ in
            switch part.kind {
            case .neuralSparse(let query):
                if let text = query.text, query.tokens == nil { addSparse(text, query.encoder) }
            case .neural(let query):
                guard let text = query.text, query.tokens == nil else { return }
                guard let model = query.model else { throw SearchError.missingModel("neural") }
                addDense(text, model)
            default: break
            }
        }
    }

    private mutating func addDense(_ text: String, _ model: String) {
        guard let place = dense.firstIndex(where: { $0.model == model }) else {
            dense.append((model, [text]))
            return
        }
        if !dense[place].texts.contains(text) { dense[place].texts.append(text) }
    }

    private mutating func addSparse(_ text: String, _ encoder: SparseQueryEncoder) {
        guard let place = sparse.firstIndex(where: { $0.encoder == encoder }) else {
            sparse.append((encoder, [text]))
            return
        }
        if !sparse[place].texts.contains(text) { sparse[place].texts.append(text) }
    }
}
