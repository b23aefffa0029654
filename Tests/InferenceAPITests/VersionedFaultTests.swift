import HTTPTypes
import InferenceAPI
import JSON
import Routing
import Testing

@Suite("Faults on /v1 and /v2")
struct VersionedFaultTests {
    /// Every kind of fault with its status, type and code.
    static let kinds: [(kind: APIFault.Kind, status: Int, type: String, code: String)] = [
        (.malformedJSON, 400, "invalid_request_error", "invalid_json"),
        (.badField, 400, "invalid_request_error", "invalid_type"),
        (.invalidValue, 400, "invalid_request_error", "invalid_value"),
        (.emptyInput, 400, "invalid_request_error", "empty_array"),
        (.tooManyTexts, 400, "invalid_request_error", "array_above_max_length"),
        (.tooManyTokens, 400, "invalid_request_error", "context_length_exceeded"),
        (.wrongModelKind, 404, "invalid_request_error", "model_not_supported"),
        (.badContentEncoding, 400, "invalid_request_error", "invalid_content_encoding"),
        (.unauthorized, 401, "invalid_request_error", "invalid_api_key"),
        (.noModel, 404, "invalid_request_error", "model_not_found"),
        (.noRoute, 404, "invalid_request_error", "unknown_url"),
        (.wrongMethod(allowed: ["GET", "HEAD"]), 405, "invalid_request_error", "method_not_supported"),
        (.slowRequest, 408, "invalid_request_error", "request_timeout"),
        (.bodyTooLarge, 413, "invalid_request_error", "request_too_large"),
        (.unsupportedMediaType, 415, "invalid_request_error", "unsupported_media_type"),
        (.tokenizer, 422, "invalid_request_error", "unprocessable_text"),
        (.overloaded, 429, "rate_limit_error", "rate_limit_exceeded"),
        (.headersTooLarge, 431, "invalid_request_error", "headers_too_large"),
        (.cancelled, 499, "server_error", "request_cancelled"),
        (.backend, 500, "server_error", "model_error"),
        (.internalError, 500, "server_error", "internal_error"),
        (.modelNotReady, 503, "server_error", "model_not_ready"),
        (.queueTimeout, 503, "server_error", "queue_timeout"),
        (.stopping, 503, "server_error", "stopping"),
    ]

    /// The renderer that a route of the server has.
    private func faults() async throws -> any FaultRenderer {
        let routes = InferenceRoutes(engine: try await Rerankers.client.engine).all
        return try #require(routes.first { $0.template.description == "/v1/rerank" }).faults
    }

    @Test(arguments: kinds.indices)
    func everyKindHasItsStatusTypeAndCode(index: Int) async throws {
        let (kind, status, type, code) = Self.kinds[index]
        let fault = APIFault(kind, "What happened.", field: "documents[3]", retryAfter: 7)
        let response = try await faults().response(for: fault, id: "r-1")
        #expect(response.status.code == status)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.retryAfter] == "7")
        let body: JSONValue = [
            "error": [
                "message": "What happened.", "type": .string(type), "param": "documents[3]", "code": .string(code),
            ],
            "message": "What happened.", "detail": "What happened.", "id": "r-1",
        ]
        #expect(try JSONValue(parsing: response.body) == body)
    }

    @Test func headerFieldsSayWhatToDoNext() async throws {
        let faults = try await faults()
        let method = faults.response(for: APIFault(.wrongMethod(allowed: ["GET", "HEAD"]), "No."), id: "")
        #expect(method.headers[.allow] == "GET, HEAD")
        #expect(method.headers[.retryAfter] == nil)
        let key = faults.response(for: APIFault(.unauthorized, "No."), id: "")
        #expect(key.headers[.wwwAuthenticate] == "Bearer")
    }

    @Test(arguments: ["/v1/chat/completions", "/v2/embed", "/v1/"])
    func unknownPathsBelowTheVersionsFailInTheirWords(path: String) async throws {
        let reply = try await Rerankers.client.post(path, [:])
        #expect(reply.status == 404)
        #expect(reply.json["error"]?["code"] == "unknown_url")
        #expect(try await Rerankers.client.post("/v3/rerank", [:]).json["error"] == nil)
    }
}
