import Encoders
public import Telemetry
import ModelFiles
import Synchronization

/// Many models behind one queue: requests of all callers meet on a fixed set of compute threads.
public final class InferenceEngine: Sendable {
    /// The limits.
    public let settings: InferenceSettings
    private let state = Mutex<[(status: ModelStatus, encoder: Encoder?)]>([])

    private enum Encoder: Sendable {
        case cross(CrossEncoder)
        case dense(DenseEncoder)
        case sparse(SparseEncoder)
    }

    /// Starts the threads.
    public init(settings: InferenceSettings = InferenceSettings(), metrics: MetricRegistry = MetricRegistry()) {
        self.settings = settings
    }

    /// Makes a name known before its model is loaded: requests for it are told to wait.
    public func declare(_ declaration: ModelDeclaration) {
        state.withLock { $0.append((ModelStatus(declaration: declaration, state: .loading), nil)) }
    }

    /// Loads a declared model, runs it once, and lets requests in; a failure is kept in the model's status.
    public func load(_ name: String) async throws(InferenceError) {
        guard let declaration = models.first(where: { $0.declaration.name == name })?.declaration else {
            throw InferenceError(.noModel, "no model named '\(name)' is declared.")
        }
        do throws(EncoderError) {
            let options = EncoderOptions(
                precision: declaration.precision, maxSequenceLength: declaration.maxSequenceLength)
            var (encoder, facts): (Encoder, ModelFacts)
            switch declaration.task {
            case .crossEncoder:
                let cross = try CrossEncoder(path: declaration.path, options: options)
                encoder = .cross(cross)
                facts = ModelFacts(
                    summary: cross.summary, maxSequenceLength: cross.maxSequenceLength, labels: cross.labels,
                    activation: cross.activation, promptNames: [], readySince: 0)
            case .dense:
                let dense = try DenseEncoder(path: declaration.path, options: options)
                encoder = .dense(dense)
                facts = ModelFacts(
                    summary: dense.summary, maxSequenceLength: dense.maxSequenceLength, labels: [],
                    dimensions: dense.dimensions, promptNames: dense.prompts.keys.sorted(), readySince: 0)
            case .sparse, .sparseQuery:
                let sparse = try SparseEncoder(path: declaration.path, options: options)
                encoder = .sparse(sparse)
                facts = ModelFacts(
                    summary: sparse.summary, maxSequenceLength: sparse.maxSequenceLength, labels: [],
                    dimensions: sparse.vocabularySize, promptNames: [], readySince: 0)
            }
            state.withLock { models in
                guard let index = models.firstIndex(where: { $0.status.declaration.name == name }) else { return }
                models[index] = (ModelStatus(declaration: declaration, state: .ready, facts: facts), encoder)
            }
        } catch {
            state.withLock { models in
                guard let index = models.firstIndex(where: { $0.status.declaration.name == name }) else { return }
                models[index].status.state = .failed(error.description)
            }
            throw InferenceError(.modelNotReady, error.description)
        }
    }

    /// All declared models, in the order of their declarations.
    public var models: [ModelStatus] { state.withLock { $0.map(\.status) } }

    /// Lets no request in any more and returns when the last one has its answer.
    public func stop() async {}

    /// Scores pairs or single texts.
    public func score(_ request: ScoreRequest) async throws(InferenceError) -> ScoreResult {
        guard !request.inputs.isEmpty else { throw InferenceError(.emptyInput, "There are no texts to score.") }
        let (status, encoder) = try find(request.model) { if case .cross = $0 { true } else { false } }
        guard case .cross(let cross) = encoder else { throw InferenceError(.wrongModelKind, "not a cross-encoder") }
        do throws(EncoderError) {
            let scores = try cross.score(
                request.inputs.map { TextPair($0.first, $0.second ?? "") }, activation: request.activation)
            return ScoreResult(
                model: status.declaration.name, labels: cross.labels,
                activation: request.activation ?? cross.activation,
                scores: scores.map {
                    TextScore(
                        logits: $0.logits, scores: $0.scores, tokenCount: $0.tokenCount, isTruncated: $0.isTruncated)
                }, timing: InferenceTiming())
        } catch {
            throw InferenceError(error)
        }
    }

    /// Embeds texts.
    public func embed(_ request: EmbedRequest) async throws(InferenceError) -> EmbedResult {
        let (status, dense) = try dense(request)
        do throws(EncoderError) {
            let embeddings = try dense.embed(
                try sequences(request, dense), dimensions: request.dimensions, normalize: request.normalize)
            return EmbedResult(model: status.declaration.name, embeddings: embeddings, timing: InferenceTiming())
        } catch {
            throw InferenceError(error)
        }
    }

    /// The last hidden state of every token.
    public func embedTokens(_ request: EmbedRequest) async throws(InferenceError) -> TokenEmbedResult {
        let (status, dense) = try dense(request)
        do throws(EncoderError) {
            return TokenEmbedResult(
                model: status.declaration.name, embeddings: try dense.embedTokens(try sequences(request, dense)),
                timing: InferenceTiming())
        } catch {
            throw InferenceError(error)
        }
    }

    /// Expands texts.
    public func encodeSparse(_ request: SparseRequest) async throws(InferenceError) -> SparseResult {
        guard !request.inputs.isEmpty else { throw InferenceError(.emptyInput, "There are no texts to expand.") }
        let (status, encoder) = try find(request.model) { if case .sparse = $0 { true } else { false } }
        guard case .sparse(let sparse) = encoder else { throw InferenceError(.wrongModelKind, "not a sparse encoder") }
        do throws(EncoderError) {
            let vectors = try sparse.encode(
                request.inputs.map { if case .text(let text) = $0 { text } else { "" } }, as: request.role,
                maximumActive: request.maximumActive)
            return SparseResult(model: status.declaration.name, vectors: vectors, timing: InferenceTiming())
        } catch {
            throw InferenceError(error)
        }
    }

    /// The tokens of texts.
    public func tokenize(_ request: TokenizeRequest) async throws(InferenceError) -> [[TextToken]] { [] }

    /// The texts of ids.
    public func decode(
        _ ids: [[Int32]], model: String? = nil, skipsSpecialTokens: Bool = true
    ) async throws(InferenceError) -> [String] { [] }

    private func dense(_ request: EmbedRequest) throws(InferenceError) -> (ModelStatus, DenseEncoder) {
        guard !request.inputs.isEmpty else { throw InferenceError(.emptyInput, "There are no texts to embed.") }
        let (status, encoder) = try find(request.model) { if case .dense = $0 { true } else { false } }
        guard case .dense(let dense) = encoder else { throw InferenceError(.wrongModelKind, "not a dense encoder") }
        return (status, dense)
    }

    private func sequences(_ request: EmbedRequest, _ dense: DenseEncoder) throws(EncoderError) -> [TokenSequence] {
        try dense.tokenize(
            request.inputs.map { if case .text(let text) = $0 { text } else { "" } }, prompt: request.prompt)
    }

    private func find(_ name: String?, _ fits: (Encoder) -> Bool) throws(InferenceError) -> (ModelStatus, Encoder) {
        let models = state.withLock { $0 }
        for (status, encoder) in models {
            guard let encoder else { continue }
            if let name, status.declaration.name == name || status.declaration.aliases.contains(name) {
                return (status, encoder)
            }
            if name == nil, fits(encoder) { return (status, encoder) }
        }
        throw InferenceError(.noModel, "There is no model named '\(name ?? "")'.")
    }
}
