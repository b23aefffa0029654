public import JSON
import PercentEncoding

/// A request to a search cluster.
public struct ClusterRequest: Sendable {
    /// `GET`, `POST`, `PUT`, `DELETE` or `HEAD`.
    public var method: String
    /// The path from the slash on, its segments percent-encoded; see ``path(_:)``.
    public var path: String
    /// The parameters behind the question mark, not encoded yet.
    public var query: [(name: String, value: String)]
    /// The body; empty for none.
    public var body: [UInt8]
    /// What the body is.
    public var contentType: String
    /// Whether the same request may be sent again after an answer got lost on the way.
    ///
    /// A request that was refused because the cluster is busy may be sent again in any case.
    public var isRepeatable: Bool

    /// A request with the bytes of a body.
    public init(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], body: [UInt8] = [],
        contentType: String = "application/json", isRepeatable: Bool? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.contentType = contentType
        self.isRepeatable = isRepeatable ?? (method != "POST")
    }

    /// A request with a document as its body.
    public init(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], json: JSONValue,
        isRepeatable: Bool? = nil
    ) {
        self.init(method, path, query: query, body: json.serializedBytes(), isRepeatable: isRepeatable)
    }

    /// A path of segments, each percent-encoded: RFC 3986, section 3.3.
    ///
    /// Commas, stars and `<`, `>` of names and patterns are encoded as well; OpenSearch decodes a segment before it reads it.
    public static func path(_ segments: String...) -> String {
        segments.map { "/" + $0.percentEncoded() }.joined()
    }

    /// Path and parameters as a request line has them.
    public var target: String {
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }.joined(separator: "&")
    }

    /// Method and path, as messages name a request: parameters and bodies are not told.
    public var shown: String { "\(method) \(path)" }
}
