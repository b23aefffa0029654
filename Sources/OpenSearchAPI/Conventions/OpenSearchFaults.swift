internal import HTTPTypes
internal import JSON
public import Routing

/// Faults of the server and of routing in OpenSearch's words.
public struct OpenSearchFaults: FaultRenderer {
    /// The dialect.
    public init() {}

    /// Status and body of a fault of which only the id is known.
    public func response(for fault: APIFault, id: String) -> APIResponse {
        response(for: fault, in: FaultedRequest(id: id))
    }

    /// Status and body of a fault.
    public func response(for fault: APIFault, in request: FaultedRequest) -> APIResponse {
        let uri = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        let method = request.method.rawValue
        let value: JSONValue
        var status: Int
        switch fault.kind {
        case .noRoute:
            status = 400
            value = ["error": .string("no handler found for uri [\(uri)] and method [\(method)]")]
        case .wrongMethod(let allowed):
            status = 405
            let names = allowed.filter { $0 != "HEAD" || !allowed.contains("GET") || $0 == method }
            let text =
                "Incorrect HTTP method for uri [\(uri)] and method [\(method)], allowed: [\(names.joined(separator: ", "))]"
            value = ["error": .string(text), "status": 405]
        case .unauthorized:
            var response = APIResponse(status: .unauthorized, text: "Unauthorized")
            response.headers[.wwwAuthenticate] = "Basic realm=\"OpenSearch Security\""
            return response
        default:
            let error = Self.error(for: fault)
            status = error.status
            value = error.body()
        }
        if status == 0 { status = 500 }
        let reply = RestResponse(value, status: status)
        let parameters = QueryParameters(request.query)
        let format = ResponseFormat(parameter: parameters["format"], accept: request.headers[.accept])
        return reply.encoded(
            format, isPretty: parameters["pretty"].map { $0 != "false" } ?? false, filter: nil,
            opaqueID: request.headers[RestRequest.opaqueID])
    }

    private static func error(for fault: APIFault) -> OpenSearchError {
        let (status, type): (Int, String) =
            switch fault.kind {
            case .forbidden: (403, "security_exception")
            case .malformedJSON: (400, "json_parse_exception")
            case .bodyTooLarge: (413, "content_too_long_exception")
            case .headersTooLarge: (431, "too_long_frame_exception")
            case .unsupportedMediaType, .badContentEncoding: (406, "media_type_exception")
            case .slowRequest: (408, "timeout_exception")
            case .overloaded: (429, "rejected_execution_exception")
            case .queueTimeout, .stopping, .modelNotReady: (503, "process_closed_exception")
            case .cancelled: (400, "task_cancelled_exception")
            case .backend, .internalError: (500, "exception")
            default: (400, "illegal_argument_exception")
            }
        return OpenSearchError(status, type, fault.message)
    }
}
