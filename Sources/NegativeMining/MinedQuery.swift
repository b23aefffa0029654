/// A query with its positives and the negatives that were found for it.
public struct MinedQuery: Sendable, Hashable {
    /// A document with everything that is known of its scores.
    public struct Candidate: Sendable, Hashable {
        /// The number of the document.
        public let document: Int
        /// The score by which it was judged: the guide's.
        public let score: Float
        /// Its score by each source, in the order of the sources.
        public let sourceScores: [Float]
        /// Its rank in the list of each source, from 1; nil where it was not among the best.
        public let sourceRanks: [Int?]
    }

    /// The number of the query in the task.
    public let query: Int
    /// In the order of the task.
    public let positives: [Candidate]
    /// By score descending, then by number; those that only fill up come last.
    public let negatives: [Candidate]
    /// How many of the negatives are random documents that fill up.
    public let filled: Int
    /// How many candidates passed all filters.
    public let admissible: Int
}
