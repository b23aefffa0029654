public import Routing

extension [APIFault.Kind] {
    /// What can go wrong with every request before a handler sees it; the document adds these by itself.
    static let everywhere: Self = [
        .headersTooLarge, .slowRequest, .wrongMethod(allowed: []), .overloaded, .stopping, .internalError,
    ]

    /// What can go wrong with a JSON body; the document adds these to every operation that has one.
    static let jsonBody: Self = [
        .malformedJSON, .badField, .invalidValue, .bodyTooLarge, .unsupportedMediaType, .badContentEncoding,
    ]

    /// What the engine can refuse a request for texts with; a client that went away sees no reply.
    public static let inference: Self = [
        .emptyInput, .tooManyTexts, .tooManyTokens, .noModel, .wrongModelKind, .modelNotReady, .tokenizer, .backend,
        .overloaded, .queueTimeout, .stopping,
    ]
}

extension APIFault.Kind {
    /// What the fault means, for the OpenAPI document.
    var meaning: String {
        switch self {
        case .malformedJSON: "The body is not JSON."
        case .badField: "A field is missing or of the wrong type."
        case .invalidValue: "A value is not allowed."
        case .emptyInput: "There is nothing to do."
        case .tooManyTexts: "More texts than `max_client_batch_size`."
        case .tooManyTokens:
            "A text is too long and must not be cut, or the request has more than `max_request_tokens`."
        case .bodyTooLarge: "The body is longer than `max_body_bytes`."
        case .headersTooLarge: "The header fields are too long."
        case .unsupportedMediaType: "The body is not declared as JSON."
        case .badContentEncoding: "`Content-Encoding` is unknown, or the compressed bytes are broken."
        case .slowRequest: "The request took too long to arrive."
        case .unauthorized: "No API key, or a wrong one."
        case .forbidden: "The caller may not ask models."
        case .noRoute: "There is no such path."
        case .wrongMethod: "The path has other methods; `Allow` names them."
        case .noModel: "There is no model of that name, or none for the task."
        case .wrongModelKind: "The model cannot do the task."
        case .modelNotReady: "The model is still loading, or could not be loaded."
        case .tokenizer: "The tokenizer gave up on a text."
        case .backend: "The model failed."
        case .overloaded: "Too much is waiting already."
        case .queueTimeout: "The request waited longer than `queue_timeout`."
        case .stopping: "The server is going down."
        case .cancelled: "The client went away."
        case .internalError: "A fault of the program."
        }
    }
}
