internal import Routing

/// What the server itself finds wrong, before or instead of a handler.
enum ServerFaults {
    static let memory = APIFault(
        .overloaded, "the bodies of other requests fill the memory set aside for them; ask again in a moment",
        setting: "max_buffered_bytes", retryAfter: 1)

    static let noKey = APIFault(
        .unauthorized, "this server wants a key: send it as the header field Authorization: Bearer KEY")

    /// - Parameter retryAfter: seconds after which another password may be tried.
    static func unknownCaller(retryAfter: Int? = nil) -> APIFault {
        APIFault(
            .unauthorized,
            retryAfter == nil
                ? "this server wants to know who asks: send a user's name and password (Authorization: Basic) or an API key "
                    + "(Authorization: ApiKey)" : "too many wrong passwords; wait before the next",
            retryAfter: retryAfter)
    }

    static func forbidden(_ action: String, _ name: String) -> APIFault {
        APIFault(.forbidden, "no permissions for [\(action)] and User [name=\(name)]")
    }

    static let slowBody = APIFault(
        .slowRequest, "the body did not arrive in time; send it faster or raise body_timeout", setting: "body_timeout")

    static let slowHeaders = APIFault(
        .slowRequest, "the header fields did not arrive in time", setting: "header_timeout")

    static let stopping = APIFault(.stopping, "the server is going down; ask another one or later", retryAfter: 5)

    static let internalError = APIFault(
        .internalError, "the server made a mistake with this request; its log tells more under the request's id")

    static func bodyTooLarge(_ limit: Int) -> APIFault {
        APIFault(
            .bodyTooLarge, "the body is longer than \(limit) bytes, the limit of max_body_bytes; send less at a time",
            setting: "max_body_bytes")
    }

    static func headersTooLarge(_ limit: Int) -> APIFault {
        APIFault(
            .headersTooLarge, "the header fields are longer than \(limit) bytes, the limit of max_header_bytes",
            setting: "max_header_bytes")
    }
}
