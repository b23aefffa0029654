import JSON

/// A server that is measured: a name and where it reranks.
struct Target: Sendable {
    let name: String
    let port: Int
    let path: String
    let model: String

    /// Reads `NAME=PORT/PATH[@MODEL]`.
    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let slash = parts[1].firstIndex(of: "/"), let port = Int(parts[1][..<slash]) else {
            return nil
        }
        name = String(parts[0])
        self.port = port
        let rest = parts[1][slash...].split(separator: "@", maxSplits: 1)
        path = String(rest[0])
        model = rest.count > 1 ? String(rest[1]) : ""
    }

    /// A rerank request that TEI's, infinity's and our own dialect all understand.
    func request(_ query: String, _ texts: [String]) -> [UInt8] {
        var body = JSONWriter()
        body.beginObject()
        if !model.isEmpty {
            body.key("model")
            body.value(model)
        }
        body.key("query")
        body.value(query)
        for key in ["texts", "documents"] {
            body.key(key)
            body.beginArray()
            for text in texts { body.value(text) }
            body.endArray()
        }
        body.key("raw_scores")
        body.value(true)
        body.endObject()
        return HTTPConnection.post(path, body.bytes)
    }
}
