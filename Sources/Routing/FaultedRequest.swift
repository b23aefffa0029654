public import HTTPTypes

/// What a fault's words may repeat of the request that it answers.
public struct FaultedRequest: Sendable {
    /// The method.
    public var method: HTTPRequest.Method
    /// The path as sent, without the query.
    public var path: String
    /// Behind the question mark, as sent.
    public var query: String
    /// Header fields.
    public var headers: HTTPFields
    /// The request's id.
    public var id: String

    /// A request's facts.
    public init(
        method: HTTPRequest.Method = .get, path: String = "", query: String = "", headers: HTTPFields = [:],
        id: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.id = id
    }
}
