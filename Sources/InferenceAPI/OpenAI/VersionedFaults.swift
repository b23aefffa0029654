import HTTPTypes
import JSON
import Routing

/// Faults on `/v1/…` and `/v2/…`, where clients of several APIs meet and each reads another part of the body.
///
/// OpenAI's clients read `error` with `message`, `type`, `param` and `code`; Cohere's read `message` (and `id`); Voyage's and
/// Jina's read `detail`. So each body has all of them, and no client needs to be recognised before it has sent a valid request.
/// The statuses are those that these APIs document; where they differ, a fault of the request is 400, as OpenAI, Cohere and
/// Voyage say.
struct VersionedFaults: FaultRenderer {
    func response(for fault: APIFault, id: String) -> APIResponse {
        let telling = Telling(fault.kind)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.key("message")
        writer.value(fault.message)
        writer.key("type")
        writer.value(telling.type)
        writer.key("param")
        if let field = fault.field { writer.value(field) } else { writer.null() }
        writer.key("code")
        writer.value(telling.code)
        writer.endObject()
        writer.key("message")
        writer.value(fault.message)
        writer.key("detail")
        writer.value(fault.message)
        writer.key("id")
        writer.value(id)
        writer.endObject()
        var headers = fault.headers
        if fault.kind == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return APIResponse(status: telling.status, headers: headers, json: writer)
    }

    /// Status, type and code of a kind of fault.
    struct Telling {
        let status: HTTPResponse.Status
        let type: String
        let code: String

        private init(_ status: Int, _ code: String, type: String = "invalid_request_error") {
            self.status = status == 499 ? .init(code: 499, reasonPhrase: "Client Closed Request") : .init(code: status)
            self.type = type
            self.code = code
        }

        init(_ kind: APIFault.Kind) {
            switch kind {
            case .malformedJSON: self.init(400, "invalid_json")
            case .badField: self.init(400, "invalid_type")
            case .invalidValue: self.init(400, "invalid_value")
            case .emptyInput: self.init(400, "empty_array")
            case .tooManyTexts: self.init(400, "array_above_max_length")
            case .tooManyTokens: self.init(400, "context_length_exceeded")
            case .badContentEncoding: self.init(400, "invalid_content_encoding")
            case .unauthorized: self.init(401, "invalid_api_key")
            case .forbidden: self.init(403, "permission_denied")
            case .noModel: self.init(404, "model_not_found")
            // 404 as OpenAI answers for a model that exists and is not for this path.
            case .wrongModelKind: self.init(404, "model_not_supported")
            case .noRoute: self.init(404, "unknown_url")
            case .wrongMethod: self.init(405, "method_not_supported")
            case .slowRequest: self.init(408, "request_timeout")
            case .bodyTooLarge: self.init(413, "request_too_large")
            case .unsupportedMediaType: self.init(415, "unsupported_media_type")
            case .tokenizer: self.init(422, "unprocessable_text")
            case .overloaded: self.init(429, "rate_limit_exceeded", type: "rate_limit_error")
            case .headersTooLarge: self.init(431, "headers_too_large")
            case .cancelled: self.init(499, "request_cancelled", type: "server_error")
            case .backend: self.init(500, "model_error", type: "server_error")
            case .internalError: self.init(500, "internal_error", type: "server_error")
            case .modelNotReady: self.init(503, "model_not_ready", type: "server_error")
            case .queueTimeout: self.init(503, "queue_timeout", type: "server_error")
            case .stopping: self.init(503, "stopping", type: "server_error")
            }
        }
    }
}
