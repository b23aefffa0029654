public import Access
public import HTTPTypes

/// One request as handlers see it: no sockets, the body decompressed.
public struct APIRequest: Sendable {
    /// The method; `HEAD` arrives as `GET` where no route is declared for `HEAD`.
    public var method: HTTPRequest.Method
    /// The path as sent: percent-encoded, without the query.
    public var path: String
    /// The part behind the question mark, decoded.
    public var query: QueryParameters
    /// Header fields.
    public var headers: HTTPFields
    /// The body after decompression; empty where the route takes it in parts.
    public var body: [UInt8]
    /// Where the parts of a streamed body come from.
    public var stream: BodyStream?
    /// Parts of the path by their names in the route's template, percent-decoded.
    public var parameters: [String: String] = [:]
    /// The id that log lines, error bodies and the reply's `X-Request-Id` carry.
    public var id: String
    /// Who sends it, and what they may do; nil: access is not checked, and everything is allowed.
    public var caller: Caller?
    /// When the request's head was read.
    public var received: ContinuousClock.Instant

    /// A request.
    public init(
        method: HTTPRequest.Method, path: String, query: QueryParameters = QueryParameters(""),
        headers: HTTPFields = [:],
        body: [UInt8] = [], id: String = "", received: ContinuousClock.Instant = .now
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.id = id
        self.received = received
    }

    /// The media type of the body in lower case, without parameters; nil if no `Content-Type` was sent.
    public var mediaType: String? {
        guard let type = headers[.contentType] else { return nil }
        return type.prefix { $0 != ";" }.lowercased().split(separator: " ").first.map(String.init)
    }

    /// The body in parts, whether it arrives or is complete already.
    public var bodyParts: BodyStream {
        if let stream { return stream }
        let rest = RestOfBody(body)
        return BodyStream { await rest.take() }
    }

    /// A complete body, given out once.
    private actor RestOfBody {
        private var bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func take() -> [UInt8]? {
            if bytes.isEmpty { return nil }
            defer { bytes = [] }
            return bytes
        }
    }
}
