public import Mappings

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
    ///   - mappings: of the indices that are asked: they say whether the field of a `neural` query needs a vector or tokens.
    ///   - known: texts that were encoded before are not encoded again.
    ///   - encoder: `nil`: there is none, and queries with texts fail as with a model that is not known.
    /// - Throws: ``SearchError``.
    public init(
        of queries: [Query], mappings: [Mapping] = [], known: QueryEncodings = .none, by encoder: (any QueryEncoding)?
    ) async throws {
        var texts = QueryTexts()
        for query in queries { try texts.add(query, mappings) }
        self = known
        for (model, all) in texts.dense {
            let texts = all.filter { dense[DenseKey(model: model, text: $0)] == nil }
            if texts.isEmpty { continue }
            guard let encoder else { throw SearchError.unknownModel(model) }
            let vectors = try await encoder.denseVectors(of: texts, model: model)
            try Self.check(vectors.count, of: texts)
            for (text, vector) in zip(texts, vectors) { dense[DenseKey(model: model, text: text)] = vector }
        }
        for (source, all) in texts.sparse {
            let texts = all.filter { sparse[SparseKey(encoder: source, text: $0)] == nil }
            if texts.isEmpty { continue }
            guard let encoder else {
                throw source.unknown
            }
            let vectors = try await encoder.sparseVectors(of: texts, by: source)
            try Self.check(vectors.count, of: texts)
            for (text, tokens) in zip(texts, vectors) { sparse[SparseKey(encoder: source, text: text)] = tokens }
        }
    }

    private static func check(_ count: Int, of texts: [String]) throws {
        guard count == texts.count else {
            throw SearchError(
                type: "exception", reason: "the encoder gave \(count) vectors for \(texts.count) texts", status: 500)
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

    mutating func add(_ query: Query, _ mappings: [Mapping]) throws {
        try query.forEach { part, _ in
            switch part.kind {
            case .neuralSparse(let query):
                if let text = query.text, query.tokens == nil { addSparse(text, query.encoder) }
            case .neural(let query):
                guard let text = query.text, query.tokens == nil else { return }
                let features = mappings.count { $0.field(query.field)?.features != nil }
                if features > 0 { addSparse(text, query.sparse.encoder) }
                guard features == 0 || features < mappings.count else { return }
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
