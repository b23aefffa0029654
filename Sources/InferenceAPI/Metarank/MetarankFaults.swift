import HTTPTypes
import JSON
import Routing

/// Faults of the Metarank routes: `{"error"}`.
///
/// Metarank itself answers an unknown name with 500 and an empty body, a body that is not JSON with 400 and one of another
/// shape with 422 (http4s, plain text). Here a name that is unknown, or stands for a model of another kind, is 404 with
/// Metarank's message: no client should need the server's log to find a typing error.
struct MetarankFaults: FaultRenderer {
    func response(for fault: APIFault, id: String) -> APIResponse {
        let status =
            switch fault.kind {
            case .malformedJSON, .badContentEncoding: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .noRoute, .noModel, .wrongModelKind: 404
            case .wrongMethod: 405
            case .slowRequest: 408
            case .bodyTooLarge: 413
            case .unsupportedMediaType: 415
            case .badField, .invalidValue, .emptyInput, .tooManyTexts, .tooManyTokens, .tokenizer: 422
            case .overloaded, .queueTimeout: 429
            case .headersTooLarge: 431
            case .cancelled: 499
            case .backend, .internalError: 500
            case .modelNotReady, .stopping: 503
            }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.value(fault.message)
        writer.endObject()
        return APIResponse(status: .init(code: status), headers: fault.headers, json: writer)
    }
}
