import JSON
import Relevance

/// A query with the texts that are to be put in order.
struct RerankRequest {
    struct Document {
        let id: String?
        /// Title and body as the model reads them.
        let text: String
    }

    let query: String
    var documents: [Document]

    /// Reads requests from JSON lines; consecutive `{"query", "text"}` lines with the same query become one request.
    struct Reader: ~Copyable {
        private var records: InputRecords
        /// A request that was read to see where the one before it ends.
        private var ahead: (request: RerankRequest, isPair: Bool)?
        /// Why the line after the last request cannot be read; told after that request is answered.
        private var failure: (any Error)?

        init(path: String) throws(CommandFailure) {
            records = try InputRecords(path: path)
        }

        mutating func next() throws -> RerankRequest? {
            if let failure { throw failure }
            guard let first = try ahead.take() ?? parseNext() else { return nil }
            var request = first.request
            while first.isPair, let following = parseFollowing() {
                guard following.isPair, following.request.query == request.query else {
                    ahead = following
                    break
                }
                request.documents += following.request.documents
            }
            return request
        }

        private mutating func parseFollowing() -> (request: RerankRequest, isPair: Bool)? {
            do {
                return try parseNext()
            } catch {
                failure = error
                return nil
            }
        }

        private mutating func parseNext() throws -> (request: RerankRequest, isPair: Bool)? {
            try records.next().map { try RerankRequest.parse($0) }
        }
    }

    private static func parse(_ record: InputRecord) throws(CommandFailure) -> (request: RerankRequest, isPair: Bool) {
        guard record.value.object != nil else {
            throw record.failure(
                "", "must be an object with 'query' and 'text', 'texts' or 'documents', not \(record.value.typeName)")
        }
        let query = try record.string("query")
        let fields = ["text", "texts", "documents"].filter { record.value[$0] != nil }
        guard fields.count == 1, let field = fields.first, let value = record.value[field] else {
            throw record.failure(
                "",
                fields.isEmpty
                    ? "one of the fields 'text', 'texts' and 'documents' is needed beside 'query'"
                    : "only one of the fields \(fields.map { "'\($0)'" }.joined(separator: ", ")) may be there")
        }
        if field == "text" {
            let document = try document(record.value, record, at: "", idField: "id")
            return (RerankRequest(query: query, documents: [document]), true)
        }
        guard let items = value.array else { throw record.failure(field, "must be an array, not \(value.typeName)") }
        var documents: [Document] = []
        documents.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            let place = "\(field)[\(index)]"
            if let text = item.string {
                documents.append(Document(id: nil, text: text))
            } else if item.object != nil {
                documents.append(try document(item, record, at: place + ".", idField: place + ".id"))
            } else {
                throw record.failure(place, "must be a string or an object with 'text', not \(item.typeName)")
            }
        }
        return (RerankRequest(query: query, documents: documents), false)
    }

    private static func document(
        _ value: JSONValue, _ record: InputRecord, at place: String, idField: String
    ) throws(CommandFailure) -> Document {
        let text = try record.string(value["text"], place + "text")
        let title = try record.optionalString(value["title"], place + "title") ?? ""
        return Document(
            id: try record.identifier(of: value, idField),
            text: title.isEmpty ? text : text.isEmpty ? title : title + " " + text)
    }
}
