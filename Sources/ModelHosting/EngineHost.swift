public import Encoders
public import Inference
public import MLCommons
import ModelFiles
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Runs the models of ML Commons in the inference engine, beside those that other parts of the server declare.
///
/// A model's name in the engine is its id. The other dialects neither list nor reach it: who may use it, how often, and whether it is enabled
/// is known to ML Commons alone.
public final class EngineHost: ModelHost {
    private let engine: InferenceEngine
    private let precision: Precision
    private let cacheBytes: Int
    /// The models that were loaded here; each with the texts of vocabulary ids, as far as somebody asked for them.
    private let vocabularies = Mutex<[String: [Int32: String]]>([:])

    /// A host over an engine.
    ///
    /// - Parameters:
    ///   - engine: Computes.
    ///   - precision: The arithmetic of all models.
    ///   - cacheBytes: Bytes of the score cache of each cross-encoder.
    public init(engine: InferenceEngine, precision: Precision = .auto, cacheBytes: Int = 64 << 20) {
        self.engine = engine
        self.precision = precision
        self.cacheBytes = cacheBytes
    }

    /// Loads a model; one of the same id gives way.
    public func load(_ model: HostedModel) async throws(ModelHostError) {
        guard let task = model.function.task else {
            throw ModelHostError(400, "\(model.function.rawValue) models do not run on this server.")
        }
        let declaration = ModelDeclaration(
            name: model.id, task: task, path: model.path, precision: precision,
            maxSequenceLength: model.maximumLength, cacheBytes: task == .crossEncoder ? cacheBytes : 0, isListed: false)
        // Declared and noted at once, so that nobody removes one without the other.
        let isDeclared = vocabularies.withLock { own in
            guard own[model.id] != nil || !isTaken(model.id) else { return false }
            own[model.id] = [:]
            engine.declare(declaration)
            return true
        }
        guard isDeclared else {
            throw ModelHostError(
                400,
                "The settings of the server name a model \(model.id), which requests reach by that name. Register this one under another id."
            )
        }
        do throws(InferenceError) {
            try await engine.load(model.id)
        } catch {
            unload(model.id)
            // Here the reason is what is wrong with the files, and not that somebody has to load them.
            throw ModelHostError(400, error.message)
        }
    }

    private func isTaken(_ id: String) -> Bool {
        engine.models.contains { $0.declaration.name == id || $0.declaration.aliases.contains(id) }
    }

    /// Forgets a model; nothing if there is none.
    public func unload(_ id: String) {
        vocabularies.withLock { own in
            if own.removeValue(forKey: id) != nil { engine.remove(id) }
        }
    }

    /// Embeds texts; no prompt is put before them, as ML Commons has prefixes of its own.
    public func embed(_ texts: [String], model id: String, includesTokens: Bool) async throws(ModelHostError)
        -> [TextEmbedding]
    {
        var embeddings: [TextEmbedding] = []
        embeddings.reserveCapacity(texts.count)
        // Vectors of tokens are many: few texts at a time, and no more in all than fits an answer.
        let step = includesTokens ? 16 : engine.settings.maximumTexts
        var values = 0
        for start in stride(from: 0, to: texts.count, by: step) {
            let part = texts[start..<min(start + step, texts.count)]
            let found = try await embed(part, model: id, includesTokens)
            values += found.reduce(0) { $0 + $1.tokenVectors.count }
            guard values <= Self.maximumTokenValues else {
                throw ModelHostError(
                    400,
                    "The vectors of all tokens have more than \(Self.maximumTokenValues) numbers. Ask for the texts' vectors alone (\"target_response\": [\"sentence_embedding\"]), or send fewer texts."
                )
            }
            embeddings += found
        }
        return embeddings
    }

    /// Numbers that the vectors of all tokens of one answer may have.
    private static let maximumTokenValues = 16 << 20

    private func embed(
        _ texts: ArraySlice<String>, model id: String, _ includesTokens: Bool
    ) async throws(ModelHostError) -> [TextEmbedding] {
        var request = EmbedRequest(model: id, inputs: texts.map { .text($0) })
        request.prompt = .none
        do throws(InferenceError) {
            let vectors = try await engine.embed(request).embeddings
            guard includesTokens else { return vectors.map { TextEmbedding(vector: Array($0)) } }
            let tokens = try await engine.embedTokens(request).embeddings
            return zip(vectors, tokens).map { vector, tokens in
                TextEmbedding(tokenIDs: tokens.sequence.ids, tokenVectors: tokens.values, vector: Array(vector))
            }
        } catch {
            throw ModelHostError(error)
        }
    }

    /// Expands texts.
    public func encodeSparse(
        _ texts: [String], model id: String, asQueries: Bool
    ) async throws(ModelHostError) -> [[TokenWeight]] {
        var request = SparseRequest(model: id, inputs: texts.map { .text($0) })
        request.role = asQueries ? .query : .document
        do throws(InferenceError) {
            let vectors = try await engine.encodeSparse(request).vectors
            let names = try await names(of: Set(vectors.flatMap(\.tokenIDs)), model: id)
            return vectors.map { vector in
                var places: [String: Int] = [:]
                var weights: [TokenWeight] = []
                for (token, weight) in zip(vector.tokenIDs, vector.weights) {
                    // Special tokens have no text.
                    guard let name = names[token], !name.isEmpty, weight > 0 else { continue }
                    // Two tokens may decode to the same text; the one with the larger id counts, as in OpenSearch.
                    if let place = places[name] {
                        weights[place] = TokenWeight(token: name, id: token, weight: weight)
                    } else {
                        places[name] = weights.count
                        weights.append(TokenWeight(token: name, id: token, weight: weight))
                    }
                }
                return weights
            }
        } catch {
            throw ModelHostError(error)
        }
    }

    /// The texts of ids, each alone, as the tokenizer's decoder writes them.
    private func names(of ids: Set<Int32>, model: String) async throws(InferenceError) -> [Int32: String] {
        var known = vocabularies.withLock { $0[model] ?? [:] }
        let unknown = ids.filter { known[$0] == nil }.sorted()
        guard !unknown.isEmpty else { return known }
        for start in stride(from: 0, to: unknown.count, by: engine.settings.maximumTexts) {
            let part = unknown[start..<min(start + engine.settings.maximumTexts, unknown.count)]
            let texts = try await engine.decode(part.map { [$0] }, model: model)
            for (id, text) in zip(part, texts) { known[id] = text }
        }
        vocabularies.withLock { $0[model]?.merge(known) { old, _ in old } }
        return known
    }

    /// Scores texts for a query: raw logits.
    public func score(_ texts: [String], for query: String, model id: String) async throws(ModelHostError) -> [Float] {
        do throws(InferenceError) {
            return try await engine.score(ScoreRequest(model: id, query: query, texts: texts)).scores.map(\.logit)
        } catch {
            throw ModelHostError(error)
        }
    }
}

extension ModelHostError {
    fileprivate init(_ error: InferenceError) {
        let status =
            switch error.code {
            case .emptyInput, .tooManyTexts, .tooManyTokens, .invalidValue, .tokenizer, .noModel, .wrongModelKind,
                .modelNotReady:
                400
            case .overloaded, .queueTimeout: 429
            case .stopping, .cancelled: 503
            case .backend: 500
            }
        switch error.code {
        // A model that was taken out of memory while it was being asked: in ML Commons' words, which tell what to do.
        case .noModel, .modelNotReady: self.init(status, "Model not ready yet. Please deploy the model first.")
        default: self.init(status, error.message)
        }
    }
}
