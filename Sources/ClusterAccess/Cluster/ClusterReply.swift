public import JSON

/// A cluster's answer to a request.
public struct ClusterReply: Sendable, Hashable {
    /// The status of HTTP.
    public var status: Int
    /// The document; `null` for an empty body.
    public var body: JSONValue

    /// A reply.
    public init(status: Int, body: JSONValue) {
        self.status = status
        self.body = body
    }

    /// Whether the status is one of success.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The type of an error, for example `index_not_found_exception`; nil if the reply names none.
    public var errorType: String? { cause?["type"]?.string }

    /// The cluster's own words for what is wrong: the reason of the first root cause, or of the error; nil if the reply has none.
    public var errorReason: String? {
        guard let error = body["error"] else { return body["message"]?.string }
        if let text = error.string { return text }
        return cause?["reason"]?.string ?? error["reason"]?.string
    }

    /// What says most about an error: a root cause with a reason, or the error itself.
    private var cause: JSONValue? {
        guard let error = body["error"] else { return nil }
        return error["root_cause"]?.array?.first { $0["reason"]?.string != nil } ?? error
    }
}
