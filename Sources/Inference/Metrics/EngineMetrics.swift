import Encoders
import Telemetry

/// The series of an engine that are not about one model, looked up once.
final class EngineMetrics: Sendable {
    let batchSize: Histogram
    let batchTokens: Histogram
    private let registry: MetricRegistry
    private let inputLength: Histogram
    private let request: Durations
    private let embed: Durations
    private let predict: Durations

    private struct Durations: Sendable {
        let total: Histogram
        let tokenization: Histogram
        let queue: Histogram
        let inference: Histogram

        init(_ registry: MetricRegistry, _ definitions: TEIMetrics.Durations) {
            total = registry.histogram(definitions.total)
            tokenization = registry.histogram(definitions.tokenization)
            queue = registry.histogram(definitions.queue)
            inference = registry.histogram(definitions.inference)
        }

        func observe(_ timing: InferenceTiming) {
            total.observe(timing.total)
            tokenization.observe(timing.tokenization)
            queue.observe(timing.queue)
            inference.observe(timing.inference)
        }
    }

    init(_ registry: MetricRegistry) {
        self.registry = registry
        batchSize = registry.histogram(TEIMetrics.batchSize)
        batchTokens = registry.histogram(TEIMetrics.batchTokens)
        inputLength = registry.histogram(TEIMetrics.inputLength)
        request = Durations(registry, TEIMetrics.request)
        embed = Durations(registry, TEIMetrics.embed)
        predict = Durations(registry, TEIMetrics.predict)
    }

    /// The series of one model.
    func model(_ name: String) -> ModelMetrics { ModelMetrics(registry, name) }

    /// A request came, for whatever model.
    func began(_ task: InferenceTask, texts: Int) {
        registry.counter(TEIMetrics.requestCount, texts > 1 ? "batch" : "single").add()
        switch task {
        case .embed, .embedTokens, .encodeSparse: registry.counter(TEIMetrics.embedCount).add(texts)
        case .score: registry.counter(TEIMetrics.predictCount).add(texts)
        case .tokenize, .decode: break
        }
    }

    /// A request was not answered; `model` is a name that we gave, never what a client sent.
    func failed(_ task: InferenceTask, model: LoadedModel?, _ code: InferenceError.Code) {
        registry.counter(InferenceMetrics.requests, model?.name ?? "", task.rawValue, code.rawValue).add()
        registry.counter(TEIMetrics.requestFailure, TEIMetrics.failure(code)).add()
    }

    /// A request was answered.
    func answered(
        _ task: InferenceTask, model: LoadedModel, _ outcomes: [TextOutcome], _ timing: InferenceTiming
    ) {
        registry.counter(InferenceMetrics.requests, model.name, task.rawValue, "ok").add()
        registry.counter(TEIMetrics.requestSuccess, outcomes.count > 1 ? "batch" : "single").add()
        model.metrics.observe(timing)
        model.metrics.texts.add(outcomes.count)
        model.metrics.truncatedTexts.add(outcomes.count(where: \.isTruncated))
        request.observe(timing)
        switch task {
        case .embed, .embedTokens, .encodeSparse:
            embed.observe(timing)
            registry.counter(TEIMetrics.embedSuccess).add(outcomes.count)
        case .score:
            predict.observe(timing)
            registry.counter(TEIMetrics.predictSuccess).add(outcomes.count)
        case .tokenize, .decode: break
        }
        for outcome in outcomes where outcome.tokenCount > 0 { inputLength.observe(Double(outcome.tokenCount)) }
    }

    /// Lets the registry read what models and scheduler know, for as long as they live.
    func collect(_ shelf: ModelShelf, _ scheduler: Scheduler) {
        registry.collect(InferenceMetrics.waitingRequests) { [weak scheduler] in
            [([], Double(scheduler?.load.requests ?? 0))]
        }
        registry.collect(TEIMetrics.queueSize) { [weak scheduler] in [([], Double(scheduler?.load.requests ?? 0))] }
        registry.collect(InferenceMetrics.waitingTokens) { [weak scheduler] in
            [([], Double(scheduler?.load.tokens ?? 0))]
        }
        func cache(_ definition: MetricDefinition, _ value: @escaping @Sendable (ScoreCache.Statistics) -> Int) {
            registry.collect(definition) { [weak shelf] in
                (shelf?.loaded ?? []).compactMap { model in
                    model.cache.map { ([model.name], Double(value($0.statistics))) }
                }
            }
        }
        cache(InferenceMetrics.cacheHits) { $0.hits }
        cache(InferenceMetrics.cacheMisses) { $0.misses }
        cache(InferenceMetrics.cacheEvictions) { $0.evictions }
        cache(InferenceMetrics.cacheBytes) { $0.byteCount }
        registry.collect(InferenceMetrics.loadSeconds) { [weak shelf] in
            (shelf?.loaded ?? []).map { ([$0.name], $0.facts.summary.loadTime / .seconds(1)) }
        }
        registry.collect(InferenceMetrics.modelState) { [weak shelf] in
            (shelf?.statuses ?? []).flatMap { status in
                ["failed", "loading", "ready"].map { state in
                    ([status.declaration.name, state], status.state.name == state ? 1 : 0)
                }
            }
        }
    }
}

extension ModelStatus.State {
    fileprivate var name: String {
        switch self {
        case .loading: "loading"
        case .ready: "ready"
        case .failed: "failed"
        }
    }
}
