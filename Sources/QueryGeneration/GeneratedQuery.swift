/// A query that was made of a document, with what is left of the document.
public struct GeneratedQuery: Sendable, Hashable {
    /// How a query was made.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The title, which is left out of the document.
        case title
        /// The most telling words or sentence of the document, mostly cut out of it.
        case span
        /// Two independent parts of the document: one is the query, the other the document.
        case crop
    }

    /// How it was made.
    public let kind: Kind
    /// The query.
    public let query: String
    /// The number of the document in the collection.
    public let document: Int
    /// The document side of the pair: its text without what the query gives away.
    public let text: String
}
