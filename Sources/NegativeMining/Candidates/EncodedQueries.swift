import Synchronization

/// The vectors of the queries that were asked for last: a search and the scores after it encode them once.
final class EncodedQueries<Vectors: Sendable>: Sendable {
    private let last = Mutex<(queries: [String], vectors: Vectors)?>(nil)

    /// The vectors of these queries; `encode` makes those of others than last time.
    func vectors(of queries: [String], encode: () throws -> Vectors) rethrows -> Vectors {
        let known = last.withLock { last in last?.queries == queries ? last?.vectors : nil }
        if let known { return known }
        let vectors = try encode()
        last.withLock { $0 = (queries, vectors) }
        return vectors
    }
}
