internal import HTTPTypes
internal import JSON
internal import Routing

/// Faults of routes that belong to no dialect: `{"error": {"message", "request_id"}}`.
struct PlainFaults: FaultRenderer {
    func response(for fault: APIFault, id: String) -> APIResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.key("message")
        writer.value(fault.message)
        writer.key("request_id")
        writer.value(id)
        writer.endObject()
        writer.endObject()
        return APIResponse(status: Self.status(of: fault.kind), json: writer)
    }

    private static func status(of kind: APIFault.Kind) -> HTTPResponse.Status {
        switch kind {
        case .malformedJSON, .badField, .invalidValue, .emptyInput, .tooManyTexts, .tooManyTokens, .tokenizer,
            .wrongModelKind, .cancelled:
            .badRequest
        case .bodyTooLarge: .contentTooLarge
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .unsupportedMediaType, .badContentEncoding: .unsupportedMediaType
        case .slowRequest: .requestTimeout
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .noRoute, .noModel: .notFound
        case .wrongMethod: .methodNotAllowed
        case .overloaded: .tooManyRequests
        case .modelNotReady, .queueTimeout, .stopping: .serviceUnavailable
        case .backend, .internalError: .internalServerError
        }
    }
}
