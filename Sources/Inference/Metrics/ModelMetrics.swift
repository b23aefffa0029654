import Telemetry

/// The series of one model, looked up once.
final class ModelMetrics: Sendable {
    let tokens: Counter
    let texts: Counter
    let truncatedTexts: Counter
    let tileTokens: Histogram
    private let duration: Histogram
    private let queue: Histogram
    private let tokenization: Histogram
    private let compute: Histogram

    init(_ registry: MetricRegistry, _ model: String) {
        tokens = registry.counter(InferenceMetrics.tokens, model)
        texts = registry.counter(InferenceMetrics.texts, model)
        truncatedTexts = registry.counter(InferenceMetrics.truncatedTexts, model)
        tileTokens = registry.histogram(InferenceMetrics.tileTokens, model)
        duration = registry.histogram(InferenceMetrics.duration, model)
        queue = registry.histogram(InferenceMetrics.queue, model)
        tokenization = registry.histogram(InferenceMetrics.tokenization, model)
        compute = registry.histogram(InferenceMetrics.compute, model)
    }

    /// The times of an answered request.
    func observe(_ timing: InferenceTiming) {
        duration.observe(timing.total)
        queue.observe(timing.queue)
        tokenization.observe(timing.tokenization)
        compute.observe(timing.inference)
    }
}
