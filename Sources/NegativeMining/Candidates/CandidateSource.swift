/// A document with a score that a source gave it.
public struct ScoredCandidate: Sendable, Hashable {
    /// The number of the document.
    public let document: Int
    /// Its score for the query; higher is better.
    public let score: Float

    /// A document with a score.
    public init(document: Int, score: Float) {
        self.document = document
        self.score = score
    }
}

/// A search over all documents that proposes negatives.
///
/// Scores are the same from both functions, and do not depend on the other queries of a call nor on the number of threads.
public protocol CandidateSource: Sendable {
    /// A short name for files and reports: `bm25`, `dense`, `sparse`.
    var name: String { get }

    /// The best documents of each query: by score descending, then by number.
    func search(_ queries: [String], depth: Int, control: MiningControl) throws -> [[ScoredCandidate]]

    /// The scores of certain documents for each query, in the order given.
    func scores(_ queries: [String], documents: [[Int]], control: MiningControl) throws -> [[Float]]
}
