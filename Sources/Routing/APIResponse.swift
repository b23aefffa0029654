public import HTTPTypes
public import JSON

/// The answer of a handler: complete, not compressed.
public struct APIResponse: Sendable {
    /// The status.
    public var status: HTTPResponse.Status
    /// Header fields; `Content-Length` is added by the server.
    public var headers: HTTPFields
    /// The body.
    public var body: [UInt8]
    /// Facts for the request's log line, in the order given: model, texts, tokens, phase times.
    public var logFields: [(key: String, value: String)] = []

    /// A response with a body of some media type.
    public init(
        status: HTTPResponse.Status = .ok, contentType: String? = nil, headers: HTTPFields = [:], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        if let contentType { self.headers[.contentType] = contentType }
    }

    /// A JSON body from what a writer holds.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], json: consuming JSONWriter) {
        self.init(status: status, contentType: "application/json", headers: headers, body: json.bytes)
    }

    /// A JSON body.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], json: JSONValue) {
        var writer = JSONWriter()
        writer.value(json)
        self.init(status: status, headers: headers, json: writer)
    }

    /// A body of plain text.
    public init(status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], text: String) {
        self.init(status: status, contentType: "text/plain; charset=utf-8", headers: headers, body: Array(text.utf8))
    }
}
