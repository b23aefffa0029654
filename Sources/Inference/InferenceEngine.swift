import Encoders
public import Telemetry
import ModelFiles

/// Many models behind one queue: requests of all callers meet on a fixed set of compute threads.
///
/// Results are bit-identical to those of the encoders alone, whatever else is being computed. Each request gets an equal
/// share of the threads while it waits, whatever its size and its model. Cancelling the calling task drops what has not
/// been computed.
public final class InferenceEngine: Sendable {
    /// The limits.
    public let settings: InferenceSettings
    private let shelf = ModelShelf()
    private let scheduler: Scheduler
    private let metrics: EngineMetrics

    /// Starts the threads.
    public convenience init(
        settings: InferenceSettings = InferenceSettings(), metrics: MetricRegistry = MetricRegistry()
    ) {
        self.init(settings: settings, metrics: metrics, observer: nil)
    }

    /// Starts the threads, watched by a test.
    package init(settings: InferenceSettings, metrics: MetricRegistry = MetricRegistry(), observer: SchedulerObserver?)
    {
        self.settings = settings
        self.metrics = EngineMetrics(metrics)
        scheduler = Scheduler(settings: settings, metrics: self.metrics, observer: observer)
        self.metrics.collect(shelf, scheduler)
    }

    // MARK: Models

    /// Makes a name known before its model is loaded: requests for it are told to wait.
    ///
    /// A model of the same name gives way.
    public func declare(_ declaration: ModelDeclaration) { shelf.declare(declaration) }

    /// Loads a declared model, runs it once, and lets requests in; a failure is kept in the model's status.
    ///
    /// The work is done on a thread of its own.
    ///
    /// - Throws: ``InferenceError/Code/noModel`` for a name that is not declared, ``InferenceError/Code/modelNotReady`` if
    ///   the model cannot be loaded.
    public func load(_ name: String) async throws(InferenceError) {
        let (settings, metrics, threads) = (settings, metrics, scheduler.threads)
        try await shelf.load(name) { (declaration) throws(EncoderError) in
            try LoadedModel(
                loading: declaration, settings: settings, threads: threads, metrics: metrics.model(declaration.name))
        }
    }

    /// Forgets a model; requests that have it are still answered.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func remove(_ name: String) -> Bool { shelf.remove(name) }

    /// All declared models, in the order of their declarations.
    public var models: [ModelStatus] { shelf.statuses.filter(\.declaration.isListed) }

    /// Lets no request in any more and returns when the last one has its answer.
    public func stop() async { await scheduler.stop() }

    // MARK: Requests

    /// Scores pairs or single texts.
    public func score(_ request: ScoreRequest) async throws(InferenceError) -> ScoreResult {
        try await answer(.score, request.model, texts: request.inputs.count) { (model) throws(InferenceError) in
            guard case .cross(let encoder) = model.encoder else { preconditionFailure("found by its task") }
            return try ScoreWork(request, model, encoder, self.settings)
        }
    }

    /// Embeds texts.
    public func embed(_ request: EmbedRequest) async throws(InferenceError) -> EmbedResult {
        try await answer(.embed, request.model, texts: request.inputs.count) { (model) throws(InferenceError) in
            guard case .dense(let encoder) = model.encoder else { preconditionFailure("found by its task") }
            return try EmbedWork(request, model, encoder, self.settings)
        }
    }

    /// The last hidden state of every token.
    public func embedTokens(_ request: EmbedRequest) async throws(InferenceError) -> TokenEmbedResult {
        try await answer(.embedTokens, request.model, texts: request.inputs.count) { (model) throws(InferenceError) in
            guard case .dense(let encoder) = model.encoder else { preconditionFailure("found by its task") }
            return TokenEmbedWork(request, model, encoder, self.settings)
        }
    }

    /// Expands texts.
    public func encodeSparse(_ request: SparseRequest) async throws(InferenceError) -> SparseResult {
        try await answer(.encodeSparse, request.model, texts: request.inputs.count) { (model) throws(InferenceError) in
            guard case .sparse(let encoder) = model.encoder else { preconditionFailure("found by its task") }
            return try SparseWork(request, model, encoder, self.settings)
        }
    }

    /// The tokens of texts.
    public func tokenize(_ request: TokenizeRequest) async throws(InferenceError) -> [[TextToken]] {
        try await answer(.tokenize, request.model, texts: request.texts.count) { (model) throws(InferenceError) in
            try TokenizeWork(request, model, maximumTokens: self.settings.maximumRequestTokens)
        }
    }

    /// The texts of ids; an id that the vocabulary does not reach is an error.
    public func decode(
        _ ids: [[Int32]], model: String? = nil, skipsSpecialTokens: Bool = true
    ) async throws(InferenceError) -> [String] {
        try await answer(.decode, model, texts: ids.count) { (model) throws(InferenceError) in
            try DecodeWork(ids, skipsSpecialTokens: skipsSpecialTokens, model)
        }
    }

    /// The vocabulary entries of ids as a sparse encoder writes them (`##ing`, `▁word`); nil where the vocabulary ends before.
    ///
    /// - Throws: ``InferenceError`` as for a request that names the model.
    public func tokens(of ids: [Int32], model name: String? = nil) throws(InferenceError) -> [String?] {
        guard case .sparse(let encoder) = try shelf.find(name, for: .encodeSparse).encoder else {
            preconditionFailure("found by its task")
        }
        return ids.map { encoder.token(of: $0) }
    }

    /// Finds the model, waits for the work, and counts what became of it.
    private func answer<Work: Workload>(
        _ task: InferenceTask, _ name: String?, texts: Int, _ work: (LoadedModel) throws(InferenceError) -> Work
    ) async throws(InferenceError) -> Work.Answer {
        let arrival = ContinuousClock.now
        metrics.began(task, texts: texts)
        var found: LoadedModel?
        do throws(InferenceError) {
            if texts == 0 {
                throw InferenceError(.emptyInput, "The request has no texts. Send at least one.")
            }
            if texts > settings.maximumTexts { throw .tooManyTexts(texts, limit: settings.maximumTexts) }
            let model = try shelf.find(name, for: task)
            found = model
            let work = try work(model)
            let job = Job(work, arrival: arrival)
            try await scheduler.run(job)
            let outcomes = job.outcomes()
            let timing = job.timing()
            metrics.answered(task, model: model, outcomes, timing)
            return work.answer(outcomes, timing)
        } catch {
            metrics.failed(task, model: found, error.code)
            throw error
        }
    }
}
