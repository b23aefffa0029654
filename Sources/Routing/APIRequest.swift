public import HTTPTypes

/// One request as handlers see it: no sockets, the body complete and decompressed.
public struct APIRequest: Sendable {
    /// The method; `HEAD` arrives as `GET` where no route is declared for `HEAD`.
    public var method: HTTPRequest.Method
    /// The path as sent: percent-encoded, without the query.
    public var path: String
    /// The part behind the question mark, decoded.
    public var query: QueryParameters
    /// Header fields.
    public var headers: HTTPFields
    /// The body after decompression.
    public var body: [UInt8]
    /// Parts of the path by their names in the route's template, percent-decoded.
    public var parameters: [String: String] = [:]
    /// The id that log lines, error bodies and the reply's `X-Request-Id` carry.
    public var id: String
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
}
