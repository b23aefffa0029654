public import Telemetry

/// The series that an engine feeds, under names of our own.
public enum InferenceMetrics {
    private static let seconds = MetricDefinition.Kind.histogram(
        bounds: MetricDefinition.exponentialBounds(from: 0.000_25, by: 2, count: 18))

    /// Requests by what became of them.
    public static let requests = MetricDefinition(
        "needletail_inference_requests_total", .counter, unit: "requests", labels: ["model", "task", "outcome"],
        help: "Requests to the inference engine; outcome is ok or the code of the error.")
    /// From the call to the answer.
    public static let duration = MetricDefinition(
        "needletail_inference_duration_seconds", seconds, unit: "seconds", labels: ["model"],
        help: "Time from a request's arrival at the engine to its answer.")
    /// Waiting.
    public static let queue = MetricDefinition(
        "needletail_inference_queue_seconds", seconds, unit: "seconds", labels: ["model"],
        help: "Time that a request waited for its first tokenisation and for its first tile.")
    /// Text to tokens.
    public static let tokenization = MetricDefinition(
        "needletail_inference_tokenization_seconds", seconds, unit: "seconds", labels: ["model"],
        help: "Time from a request's first text being read to its last.")
    /// Tokens to results.
    public static let compute = MetricDefinition(
        "needletail_inference_compute_seconds", seconds, unit: "seconds", labels: ["model"],
        help: "Time from a request's first tile to its last result.")
    /// Tokens through the network.
    public static let tokens = MetricDefinition(
        "needletail_inference_tokens_total", .counter, unit: "tokens", labels: ["model"],
        help: "Tokens that went through the network, special ones included.")
    /// Texts of answered requests.
    public static let texts = MetricDefinition(
        "needletail_inference_texts_total", .counter, unit: "texts", labels: ["model"],
        help: "Texts or pairs of answered requests.")
    /// Texts that were not read to their end.
    public static let truncatedTexts = MetricDefinition(
        "needletail_inference_truncated_texts_total", .counter, unit: "texts", labels: ["model"],
        help: "Texts or pairs of answered requests of which a part was not read.")
    /// The size of tiles.
    public static let tileTokens = MetricDefinition(
        "needletail_inference_tile_tokens",
        .histogram(bounds: MetricDefinition.exponentialBounds(from: 8, by: 2, count: 8)), unit: "tokens",
        labels: ["model"], help: "Tokens that one thread took through the network together.")
    /// Requests in the engine.
    public static let waitingRequests = MetricDefinition(
        "needletail_inference_waiting_requests", .gauge, unit: "requests",
        help: "Requests in the engine, waiting or being computed.")
    /// Tokens in the engine.
    public static let waitingTokens = MetricDefinition(
        "needletail_inference_waiting_tokens", .gauge, unit: "tokens",
        help: "Tokens that the requests in the engine hold, or may come to hold.")
    /// Scores from the cache.
    public static let cacheHits = MetricDefinition(
        "needletail_score_cache_hits_total", .counter, unit: "texts", labels: ["model"],
        help: "Texts whose score came from the cache.")
    /// Scores not in the cache.
    public static let cacheMisses = MetricDefinition(
        "needletail_score_cache_misses_total", .counter, unit: "texts", labels: ["model"],
        help: "Texts whose score was looked for in the cache and was not there.")
    /// Scores forgotten.
    public static let cacheEvictions = MetricDefinition(
        "needletail_score_cache_evictions_total", .counter, unit: "texts", labels: ["model"],
        help: "Scores that the cache forgot for others.")
    /// Memory of the cache.
    public static let cacheBytes = MetricDefinition(
        "needletail_score_cache_bytes", .gauge, unit: "bytes", labels: ["model"], help: "Memory that the cache holds.")
    /// Time to load.
    public static let loadSeconds = MetricDefinition(
        "needletail_model_load_seconds", .gauge, unit: "seconds", labels: ["model"],
        help: "Time that it took to read the model's files.")
    /// How far models are.
    public static let modelState = MetricDefinition(
        "needletail_model_state", .gauge, unit: "models", labels: ["model", "state"],
        help: "1 for the state that the model is in (loading, ready, failed), else 0.")

    /// All series of an engine, those under TEI's names included.
    public static let all: [MetricDefinition] =
        [
            requests, duration, queue, tokenization, compute, tokens, texts, truncatedTexts, tileTokens,
            waitingRequests,
            waitingTokens, cacheHits, cacheMisses, cacheEvictions, cacheBytes, loadSeconds, modelState,
        ] + TEIMetrics.all
}
