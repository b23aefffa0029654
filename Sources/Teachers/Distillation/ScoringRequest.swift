/// A query and the documents whose scores with it are asked.
public struct ScoringRequest: Sendable, Hashable {
    /// The query.
    public var query: String
    /// The documents; which of them are relevant is for others to know.
    public var documents: [String]
    /// The id of the query, if it has one.
    public var queryID: String?
    /// The ids of the documents, one each; empty if they have none.
    public var documentIDs: [String]

    /// A request.
    public init(query: String, documents: [String], queryID: String? = nil, documentIDs: [String] = []) {
        precondition(documentIDs.isEmpty || documentIDs.count == documents.count, "one id for each document")
        self.query = query
        self.documents = documents
        self.queryID = queryID
        self.documentIDs = documentIDs
    }
}
