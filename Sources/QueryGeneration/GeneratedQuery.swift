/// A query that was made of a document, with what is left of the document.
public struct GeneratedQuery: Sendable, Hashable {
    /// What a language model is asked for.
    public enum QueryType: String, Sendable, Hashable, CaseIterable {
        /// A few key words.
        case keyword
        /// A question with a short fact as its answer.
        case factoid
        /// A question about an idea, a reason or a use.
        case conceptual
    }

    /// How a query was made.
    public enum Kind: Sendable, Hashable {
        /// The title, which is left out of the document.
        case title
        /// The most telling words or sentence of the document, mostly cut out of it.
        case span
        /// Two independent parts of the document: one is the query, the other the document.
        case crop
        /// A few telling words of the document, as users type them into a search box; the document is whole.
        case words
        /// Written by a language model, with the type that it gave, if it gave one; the document is whole.
        case prompted(QueryType?)
    }

    /// How it was made.
    public let kind: Kind
    /// The query.
    public let query: String
    /// The number of the document in the collection.
    public let document: Int
    /// The document side of the pair: its text without what the query gives away.
    public let text: String

    /// A query.
    public init(kind: Kind, query: String, document: Int, text: String) {
        self.kind = kind
        self.query = query
        self.document = document
        self.text = text
    }
}

extension GeneratedQuery.Kind: RawRepresentable, CaseIterable {
    /// All kinds, in the order of reports.
    public static let allCases: [Self] =
        [.title, .span, .crop, .words] + GeneratedQuery.QueryType.allCases.map(Self.prompted) + [.prompted(nil)]

    /// The name in files and reports: the type of what a language model wrote, or `prompted` without one.
    public var rawValue: String {
        switch self {
        case .title: "title"
        case .span: "span"
        case .crop: "crop"
        case .words: "words"
        case .prompted(let type): type?.rawValue ?? "prompted"
        }
    }

    /// The kind of a name; nil for another text.
    public init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = kind
    }
}
