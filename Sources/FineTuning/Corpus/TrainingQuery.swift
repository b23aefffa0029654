import JSON

/// A query with the document that answers it, as the pair has it: without what the query was cut from.
package struct TrainingQuery: Sendable, Hashable {
    package var id: String
    package var query: String
    /// The document side of the pair.
    package var document: String
    package var documentID: String
    /// How it was made: `title`, `span`, `crop`, `given`, or the kind that a language model was asked for.
    package var type: String

    /// A query.
    package init(id: String, query: String, document: String, documentID: String, type: String) {
        self.id = id
        self.query = query
        self.document = document
        self.documentID = documentID
        self.type = type
    }

    var line: JSONObject {
        [
            "query_id": .string(id), "query": .string(query), "document": .string(document),
            "doc_id": .string(documentID), "type": .string(type),
        ]
    }

    /// What makes two queries the same: words without case, blanks between.
    var folded: String { Self.folded(query) }

    static func folded(_ query: String) -> String {
        query.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }

    /// Reads the queries of a run.
    static func read(_ path: String) throws(FineTuningError) -> [TrainingQuery] {
        var queries: [TrainingQuery] = []
        try RunFiles.eachLine(path) { (line, number) throws(FineTuningError) in
            guard let query = line["query"]?.string, let document = line["document"]?.string,
                let documentID = line["doc_id"]?.string
            else {
                throw FineTuningError(
                    .queries, path: "\(path), line \(number)", "there is no 'query', 'document' or 'doc_id'",
                    advice: "Begin the run again")
            }
            queries.append(
                TrainingQuery(
                    id: line["query_id"]?.string ?? "q\(number)", query: query, document: document,
                    documentID: documentID, type: line["type"]?.string ?? "given"))
        }
        return queries
    }
}
