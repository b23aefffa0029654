import HTTPTypes
import JSON
public import Routing

/// Faults as text-embeddings-inference tells them: `{"error", "error_type"}`.
///
/// What its framework finds (broken JSON, wrong types, media type, size) has its statuses, and the same body instead of
/// plain text. An unknown model's 404, which one that serves a single model cannot have, is our own.
///
/// Source: `router/src/lib.rs` and `router/src/http/server.rs` of huggingface/text-embeddings-inference: `Empty` is 400,
/// `Validation` and `Tokenizer` 422, `Backend` 424, `Overloaded` 429, `Unhealthy` 503; axum answers 400 for broken JSON,
/// 422 for JSON of another shape, 415 for another media type and 413 for long bodies.
public struct TEIFaults: FaultRenderer {
    /// The dialect.
    public init() {}

    /// The values of `error_type`: TEI's, and those of faults that it has no name for.
    static let errorTypes = [
        "Empty", "Validation", "Tokenizer", "Backend", "Overloaded", "Unhealthy", "Unauthorized", "Forbidden",
        "NotFound", "MethodNotAllowed", "Timeout", "Cancelled", "Internal",
    ]

    /// Status and body of a fault.
    public func response(for fault: APIFault, id: String) -> APIResponse {
        let (status, type): (Int, String) =
            switch fault.kind {
            case .emptyInput: (400, "Empty")
            case .malformedJSON, .badContentEncoding: (400, "Validation")
            case .unauthorized: (401, "Unauthorized")
            case .forbidden: (403, "Forbidden")
            case .noRoute, .noModel: (404, "NotFound")
            case .wrongMethod: (405, "MethodNotAllowed")
            case .slowRequest: (408, "Timeout")
            case .bodyTooLarge: (413, "Validation")
            case .unsupportedMediaType: (415, "Validation")
            case .badField, .invalidValue, .tooManyTexts, .tooManyTokens: (422, "Validation")
            case .tokenizer: (422, "Tokenizer")
            case .wrongModelKind, .backend: (424, "Backend")
            case .overloaded, .queueTimeout: (429, "Overloaded")
            case .headersTooLarge: (431, "Validation")
            case .cancelled: (499, "Cancelled")
            case .internalError: (500, "Internal")
            case .modelNotReady, .stopping: (503, "Unhealthy")
            }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.value(fault.message)
        writer.key("error_type")
        writer.value(type)
        writer.endObject()
        return APIResponse(status: .init(code: status), headers: fault.headers, json: writer)
    }
}
