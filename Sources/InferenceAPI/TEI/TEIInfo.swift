import Encoders
import Inference
import JSON
import ModelFiles
import Routing

/// `GET /info` and `/models`: what is served and within which limits.
///
/// Source: `Info` in `router/src/lib.rs`. Everything that TEI tells is there under its name; `models`, `limits`,
/// `activation`, `dimensions` and `prompts` are our own.
struct TEIInfo: Sendable {
    let engine: InferenceEngine
    let version: String

    /// The answer about a model; nil means the first one.
    func response(for name: String?) throws(APIFault) -> APIResponse {
        let status = try find(name)
        guard let facts = status.facts, status.state == .ready else { throw .notReady(status) }
        let settings = engine.settings
        let threads = settings.threads ?? facts.summary.threads
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("model_id", status.declaration.name)
        writer.member("model_sha", facts.revision)
        writer.member("model_dtype", Self.word(facts.summary.precision))
        writer.member("served_model_name", status.declaration.name)
        writer.key("model_type")
        type(status, facts, &writer)
        writer.member("max_concurrent_requests", settings.maximumConcurrentRequests)
        writer.member("max_input_length", facts.maxSequenceLength)
        writer.member("max_batch_tokens", settings.maximumRequestTokens)
        writer.member("max_batch_requests", nil as Int?)
        writer.member("max_client_batch_size", settings.maximumTexts)
        writer.member("auto_truncate", settings.truncatesByDefault && settings.longTexts != .refuse)
        writer.member("tokenization_workers", threads)
        writer.member("version", version)
        writer.member("sha", nil as String?)
        writer.member("docker_label", nil as String?)
        writer.member("activation", facts.activation?.rawValue)
        writer.member("dimensions", facts.dimensions)
        writer.key("prompts")
        writer.strings(facts.promptNames)
        limits(&writer)
        writer.key("models")
        list(&writer)
        writer.endObject()
        return APIResponse(json: writer)
    }

    /// The answer about one model in short.
    func model(_ name: String?) throws(APIFault) -> APIResponse {
        var writer = JSONWriter()
        write(try find(name), &writer)
        return APIResponse(json: writer)
    }

    /// The answer about all models.
    var models: APIResponse {
        var writer = JSONWriter()
        list(&writer)
        return APIResponse(json: writer)
    }

    private func find(_ name: String?) throws(APIFault) -> ModelStatus {
        if let found = name.map({ engine.status(named: $0) }) ?? engine.models.first { return found }
        throw APIFault(
            .noModel,
            name.map { "There is no model named '\($0)'; GET /v1/models lists them." } ?? "No model is served.",
            field: "model")
    }

    /// `{"reranker": {...}}`, `{"classifier": {...}}` or `{"embedding": {...}}`.
    private func type(_ status: ModelStatus, _ facts: ModelFacts, _ writer: inout JSONWriter) {
        writer.beginObject()
        switch status.declaration.task {
        case .crossEncoder:
            writer.key(facts.labels.count == 1 ? "reranker" : "classifier")
            writer.beginObject()
            writer.key("id2label")
            writer.beginObject()
            for (index, label) in facts.labels.enumerated() { writer.member(String(index), label) }
            writer.endObject()
            writer.key("label2id")
            writer.beginObject()
            for (index, label) in facts.labels.enumerated() { writer.member(label, index) }
            writer.endObject()
            writer.endObject()
        case .dense, .sparse, .sparseQuery:
            writer.key("embedding")
            writer.beginObject()
            writer.member("pooling", status.declaration.task == .dense ? "dense" : "splade")
            writer.endObject()
        }
        writer.endObject()
    }

    private func limits(_ writer: inout JSONWriter) {
        let settings = engine.settings
        let (seconds, attoseconds) = settings.queueTimeout.components
        writer.key("limits")
        writer.beginObject()
        writer.member("max_concurrent_requests", settings.maximumConcurrentRequests)
        writer.member("max_client_batch_size", settings.maximumTexts)
        writer.member("max_request_tokens", settings.maximumRequestTokens)
        writer.member("max_waiting_tokens", settings.maximumWaitingTokens)
        writer.key("queue_timeout")
        writer.value(Double(seconds) + Double(attoseconds) / 1e18)
        writer.endObject()
    }

    private func list(_ writer: inout JSONWriter) {
        writer.beginArray()
        for status in engine.models { write(status, &writer) }
        writer.endArray()
    }

    private func write(_ status: ModelStatus, _ writer: inout JSONWriter) {
        let state =
            switch status.state {
            case .loading: "loading"
            case .ready: "ready"
            case .failed: "failed"
            }
        writer.beginObject()
        writer.member("name", status.declaration.name)
        writer.key("aliases")
        writer.strings(status.declaration.aliases)
        writer.member("task", Self.word(status.declaration.task))
        writer.member("state", state)
        writer.member("max_input_length", status.facts?.maxSequenceLength)
        writer.endObject()
    }

    /// TEI's words for types of numbers.
    private static func word(_ precision: Precision) -> String {
        switch precision {
        case .fp32: "float32"
        case .bf16: "bfloat16"
        case .int8: "int8"
        case .auto: "auto"
        }
    }

    /// The words of configuration files.
    private static func word(_ task: ModelTask) -> String {
        switch task {
        case .crossEncoder: "cross-encoder"
        case .dense: "dense"
        case .sparse, .sparseQuery: "sparse"
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ key: String, _ value: String?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    fileprivate mutating func member(_ key: String, _ value: Int?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    fileprivate mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        self.value(value)
    }

    fileprivate mutating func strings(_ values: [String]) {
        beginArray()
        for value in values { self.value(value) }
        endArray()
    }
}

extension TEIInfo {
    /// A model in short.
    static let modelSchema = Schema.object(
        [
            .required("name", .string()), .required("aliases", .array(of: .string())),
            .required("task", .choice(["cross-encoder", "dense", "sparse"])),
            .required("state", .choice(["loading", "ready", "failed"])),
            .required("max_input_length", Schema.integer("Tokens; null until it is loaded.").orNull),
        ], isClosed: true
    ).named("ServedModel")

    /// The reply of `/info`.
    static let schema: Schema = {
        let labels = Schema.object(
            [
                .required("id2label", .dictionary(of: .string())), .required("label2id", .dictionary(of: .integer())),
            ], isClosed: true)
        return Schema.object(
            [
                .required("model_id", .string()), .required("model_sha", Schema.string().orNull),
                .required("model_dtype", .string(example: "float32")), .required("served_model_name", .string()),
                .required(
                    "model_type",
                    .any(of: [
                        .object([.required("reranker", labels)], isClosed: true),
                        .object([.required("classifier", labels)], isClosed: true),
                        .object(
                            [.required("embedding", .object([.required("pooling", .string())], isClosed: true))],
                            isClosed: true),
                    ])),
                .required("max_concurrent_requests", .integer()), .required("max_input_length", .integer()),
                .required("max_batch_tokens", .integer("Tokens of a request.")),
                .required("max_batch_requests", Schema.integer().orNull),
                .required("max_client_batch_size", .integer("Texts of a request.")),
                .required("auto_truncate", .boolean()), .required("tokenization_workers", .integer()),
                .required("version", .string()), .required("sha", Schema.string().orNull),
                .required("docker_label", Schema.string().orNull),
                .required("activation", Schema.string("A cross-encoder's own activation.").orNull),
                .required("dimensions", Schema.integer("The length of the vectors.").orNull),
                .required("prompts", .array(of: .string(), "Names of prompts.")),
                .required(
                    "limits", .dictionary(of: .number(), "The limits of requests, by the names of their settings.")),
                .required("models", .array(of: modelSchema, "All models.")),
            ], isClosed: true
        ).named("TEIInfo")
    }()
}
