public import QueryGeneration
public import Relevance

/// Finds the queries in what a language model wrote, and drops those that nobody would type.
///
/// It takes the JSON that was asked for, in code fences or with words around it, arrays, objects by type, answers that end in the middle, and numbered
/// lines. It never fails: an answer without queries is ``Parsed/isReadable`` false. Whatever the bytes, time is linear in their number, which is bounded.
public struct AnswerParser: Sendable {
    /// A query of an answer.
    public struct Query: Sendable, Hashable {
        /// The query, in Unicode's composed form (NFC), with single blanks.
        public var text: String
        /// The type that the model gave.
        public var type: GeneratedQuery.QueryType?
        /// Why it is dropped; nil if it is kept.
        public var reason: GenerationReport.Reason?
    }

    /// What an answer holds.
    public struct Parsed: Sendable, Hashable {
        /// All queries, in the order of the answer, dropped ones as well.
        public var queries: [Query]
        /// Whether it ends in the middle.
        public var isCut: Bool

        /// Whether there is any query.
        public var isReadable: Bool { !queries.isEmpty }
    }

    /// The most queries of an answer that are looked at.
    static let queryLimit = 64
    /// The most characters of a query that are kept for reports; it is too long anyway then.
    static let characterLimit = 1000

    private let prompt: QueryPrompt

    /// A parser of answers to a prompt.
    public init(_ prompt: QueryPrompt) { self.prompt = prompt }

    /// The queries of an answer about a document.
    ///
    /// Dropped are queries that speak of the document as such, copies of it (more than 80% of the runs of four words stand in the excerpt that the model
    /// saw), the same query again, and what is more than was asked for. Their length in words is not looked at here, but by ``QueryGenerator``.
    public func parse(
        _ answer: String, isCut: Bool = false, about document: RetrievalDataset.Document
    ) -> Parsed {
        let found = AnswerText(answer).queries()
        let copies = CopiedWords(of: prompt.excerpt(of: document).whole)
        var queries: [Query] = []
        var seen: Set<[String]> = []
        var kept = 0
        for (text, type) in found.queries.prefix(Self.queryLimit) {
            let clean = QueryText.clean(text)
            guard !clean.isEmpty else { continue }
            let words = QueryText.words(clean)
            var query = Query(text: clean, type: type)
            if DocumentMentions.isIn(words) {
                query.reason = .mentionsDocument
            } else if copies.isCopy(words) {
                query.reason = .copied
            } else if !seen.insert(words).inserted {
                query.reason = .duplicate
            } else if kept >= prompt.count {
                query.reason = .surplus
            } else {
                kept += 1
            }
            queries.append(query)
        }
        return Parsed(queries: queries, isCut: isCut || found.isCut)
    }
}
