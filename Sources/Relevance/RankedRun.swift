/// A document with the score that a system gave it.
public struct ScoredDocument: Sendable, Hashable {
    /// The document's id.
    public let document: String
    /// The system's score; higher is better.
    public let score: Double

    /// A document with its score.
    public init(_ document: String, score: Double) {
        self.document = document
        self.score = score
    }
}

/// The answers of one system to a set of queries: a "run".
public struct RankedRun: Sendable, Hashable {
    /// The system's name, the last column of a TREC file.
    public var name: String
    /// Scored documents by query id, in the order in which they were given.
    public private(set) var results: [String: [ScoredDocument]]

    /// A run from results in any order.
    public init(name: String, results: [String: [ScoredDocument]] = [:]) {
        self.name = name
        self.results = results
    }

    /// The queries with results, sorted by the bytes of their ids.
    public var queries: [String] {
        results.keys.sorted(by: precedesByBytes)
    }

    /// Sets the results of one query.
    public mutating func setResults(_ documents: [ScoredDocument], query: String) {
        results[query] = documents
    }

    /// Appends one result to a query.
    public mutating func append(_ document: ScoredDocument, query: String) {
        results[query, default: []].append(document)
    }

    /// The results of a query in rank order, best first.
    ///
    /// Ordered as `trec_eval` does it: by score as a 32-bit float, descending; equal scores by document id, descending in
    /// bytes. Ranks written in a file play no part.
    ///
    /// A score that is not a number ranks last.
    ///
    /// - Complexity: O(n log n) in the number of the query's results.
    public func ranking(of query: String) -> [ScoredDocument] {
        (results[query] ?? []).sorted { a, b in
            let x = a.score.isNaN ? -Float.infinity : Float(a.score)
            let y = b.score.isNaN ? -Float.infinity : Float(b.score)
            return x != y ? x > y : precedesByBytes(b.document, a.document)
        }
    }
}
