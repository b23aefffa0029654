internal import HTTPTypes
internal import Routing

/// An answer as it goes out: after rendering, compression and the server's own header fields.
struct Reply: Sendable {
    /// The status.
    var status: HTTPResponse.Status
    /// All fields but those of the connection.
    var headers: HTTPFields
    /// The body; empty for `HEAD`.
    var body: [UInt8]
    /// For the log.
    var logFields: [(key: String, value: String)]
    /// What went wrong; nil for an answer of the handler.
    var fault: APIFault?
    /// From the complete body to the finished answer.
    var handling: Duration = .zero
}
