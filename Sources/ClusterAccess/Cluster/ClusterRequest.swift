public import JSON

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
        segments.map { "/" + encoded($0) }.joined()
    }

    /// Path and parameters as a request line has them.
    public var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// Method and path, as messages name a request: parameters and bodies are not told.
    public var shown: String { "\(method) \(path)" }

    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
