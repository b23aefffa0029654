/// What negatives are looked for: documents, and queries with those that are relevant to them.
public struct MiningTask: Sendable {
    /// A document of the collection.
    public struct Document: Sendable, Hashable {
        /// Its id, if the collection has ids.
        public let id: String?
        /// What is searched and compared: of a BEIR folder, title and text joined by a blank.
        public let text: String

        /// A document.
        public init(id: String? = nil, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// A query with its relevant documents.
    public struct Query: Sendable, Hashable {
        /// Its id, if the collection has ids.
        public let id: String?
        /// What the user types.
        public let text: String
        /// The documents that are trained to be found, by their numbers; at least one.
        public let positives: [Int]
        /// Relevant documents besides: never negatives.
        public let otherRelevant: Set<Int>

        /// A query.
        public init(id: String? = nil, text: String, positives: [Int], otherRelevant: Set<Int> = []) {
            self.id = id
            self.text = text
            self.positives = positives
            self.otherRelevant = otherRelevant
        }

        /// All documents that are known to be relevant, the positives first.
        var relevant: [Int] { positives + otherRelevant.subtracting(positives).sorted() }

        /// Whether a document is known to be relevant.
        func isRelevant(_ document: Int) -> Bool {
            positives.contains(document) || otherRelevant.contains(document)
        }
    }

    /// The documents, in the order that ties follow.
    public let documents: [Document]
    /// The queries, in the order of the output; those of the same text know each other's relevant documents.
    public let queries: [Query]

    /// A task.
    ///
    /// - Throws: ``MiningError/Code/badData`` without queries or documents, for a query without a positive, and for a number that no
    ///   document has.
    public init(documents: [Document], queries: [Query]) throws(MiningError) {
        guard !documents.isEmpty else {
            throw MiningError(.badData, "there are no documents", advice: "Give a corpus")
        }
        guard !queries.isEmpty else {
            throw MiningError(
                .badData, "there are no queries with relevant documents", advice: "Give pairs or judgements")
        }
        for query in queries {
            let name = "the query '\(query.id ?? query.text)'"
            guard !query.positives.isEmpty else {
                throw MiningError(.badData, "\(name) has no relevant document", advice: "Leave it out")
            }
            if let number = query.positives.first(where: { !documents.indices.contains($0) }) {
                throw MiningError(
                    .badData, "\(name) names document number \(number)", advice: "Give 0 to \(documents.count - 1)")
            }
        }
        self.documents = documents
        self.queries = Self.sharing(queries)
    }

    /// The queries, where those of the same text know each other's relevant documents.
    private static func sharing(_ queries: [Query]) -> [Query] {
        var relevant: [String: Set<Int>] = [:]
        for query in queries { relevant[query.text, default: []].formUnion(query.relevant) }
        return queries.map { query in
            Query(
                id: query.id, text: query.text, positives: query.positives,
                otherRelevant: relevant[query.text, default: []].subtracting(query.positives))
        }
    }

    /// A task of plain texts, as sentence-transformers takes them: a query that occurs several times has several positives, and texts
    /// that occur several times are one document.
    ///
    /// - Parameters:
    ///   - pairs: queries and documents that answer them.
    ///   - corpus: further documents.
    public init(
        pairs: [(query: String, positive: String)], corpus: [String] = []
    ) throws(MiningError) {
        var numbers: [String: Int] = [:]
        var documents: [Document] = []
        for text in corpus + pairs.map(\.positive) where numbers[text] == nil {
            numbers[text] = documents.count
            documents.append(Document(text: text))
        }
        var positives = OrderedGroups()
        for pair in pairs { positives.insert(numbers[pair.positive] ?? 0, for: pair.query) }
        try self.init(
            documents: documents, queries: positives.keys.map { Query(text: $0, positives: positives[$0]) })
    }
}

/// Document numbers by query, each once, in the order of their first occurrence.
struct OrderedGroups {
    private(set) var keys: [String] = []
    private var groups: [String: [Int]] = [:]

    subscript(key: String) -> [Int] { groups[key] ?? [] }

    mutating func insert(_ number: Int, for key: String) {
        if groups[key] == nil { keys.append(key) }
        if groups[key]?.contains(number) != true { groups[key, default: []].append(number) }
    }
}
