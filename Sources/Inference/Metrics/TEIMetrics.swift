public import Telemetry

/// The series of text-embeddings-inference under its names, for dashboards that know them.
///
/// Source: text-embeddings-inference, `router/src/http/server.rs`, `core/src/infer.rs`, `core/src/queue.rs`; buckets from
/// `router/src/prometheus.rs`. One observation is one request to the engine, `*_count` counts texts.
public enum TEIMetrics {
    private static let seconds = MetricDefinition.Kind.histogram(
        bounds: MetricDefinition.exponentialBounds(from: 0.000_015, by: 1.5, count: 35))

    /// Requests that came, by `method`: `single` or `batch`.
    public static let requestCount = MetricDefinition(
        "te_request_count", .counter, unit: "requests", labels: ["method"], help: "Requests (TEI's name).")
    /// Requests that were answered.
    public static let requestSuccess = MetricDefinition(
        "te_request_success", .counter, unit: "requests", labels: ["method"], help: "Answered requests (TEI's name).")
    /// Requests that failed, by reason.
    public static let requestFailure = MetricDefinition(
        "te_request_failure", .counter, unit: "requests", labels: ["err"], help: "Failed requests (TEI's name).")
    /// Tokens of a text.
    public static let inputLength = MetricDefinition(
        "te_request_input_length",
        .histogram(bounds: MetricDefinition.exponentialBounds(from: 1, by: 2, count: 20)), unit: "tokens",
        help: "Tokens of a text (TEI's name).")
    /// Texts of a tile.
    public static let batchSize = MetricDefinition(
        "te_batch_next_size", .histogram(bounds: MetricDefinition.exponentialBounds(from: 1, by: 2, count: 20)),
        unit: "texts", help: "Texts that went through the network together (TEI's name).")
    /// Tokens of a tile.
    public static let batchTokens = MetricDefinition(
        "te_batch_next_tokens", .histogram(bounds: MetricDefinition.exponentialBounds(from: 1, by: 2, count: 20)),
        unit: "tokens", help: "Tokens that went through the network together (TEI's name).")
    /// Requests in the engine.
    public static let queueSize = MetricDefinition(
        "te_queue_size", .gauge, unit: "requests", help: "Requests in the engine (TEI's name).")

    /// The durations of all requests.
    static let request = Durations("request")
    /// The durations of embeddings.
    static let embed = Durations("embed")
    /// The durations of scores.
    static let predict = Durations("predict")

    /// Texts that were embedded.
    public static let embedCount = count("embed")
    /// Texts that were embedded with success.
    public static let embedSuccess = success("embed")
    /// Texts that were scored.
    public static let predictCount = count("predict")
    /// Texts that were scored with success.
    public static let predictSuccess = success("predict")

    /// All series under TEI's names.
    public static let all: [MetricDefinition] =
        [
            requestCount, requestSuccess, requestFailure, inputLength, batchSize, batchTokens, queueSize, embedCount,
            embedSuccess, predictCount, predictSuccess,
        ] + request.all + embed.all + predict.all

    /// Four durations with a common beginning of their names.
    struct Durations: Sendable {
        let total: MetricDefinition
        let tokenization: MetricDefinition
        let queue: MetricDefinition
        let inference: MetricDefinition

        init(_ subject: String) {
            func definition(_ part: String, _ what: String) -> MetricDefinition {
                MetricDefinition(
                    "te_\(subject)_\(part)", TEIMetrics.seconds, unit: "seconds", help: "\(what) (TEI's name).")
            }
            total = definition("duration", "Time from arrival to answer")
            tokenization = definition("tokenization_duration", "Time of tokenisation")
            queue = definition("queue_duration", "Time of waiting")
            inference = definition("inference_duration", "Time of the network")
        }

        var all: [MetricDefinition] { [total, tokenization, queue, inference] }
    }

    private static func count(_ subject: String) -> MetricDefinition {
        MetricDefinition("te_\(subject)_count", .counter, unit: "texts", help: "Texts that came (TEI's name).")
    }

    private static func success(_ subject: String) -> MetricDefinition {
        MetricDefinition("te_\(subject)_success", .counter, unit: "texts", help: "Answered texts (TEI's name).")
    }

    /// TEI's word for a failure.
    static func failure(_ code: InferenceError.Code) -> String {
        switch code {
        case .emptyInput, .invalidValue, .tooManyTokens, .noModel: "validation"
        case .tooManyTexts: "batch_size"
        case .tokenizer: "tokenization"
        case .backend, .modelNotReady: "inference"
        case .wrongModelKind: "model_type"
        case .overloaded, .queueTimeout, .stopping: "overloaded"
        case .cancelled: "dropped"
        }
    }
}
