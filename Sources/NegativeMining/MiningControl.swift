/// How far a run has come in one of its parts.
public struct MiningProgress: Sendable, Hashable {
    /// What is done now: `encode documents (dense)`, `search (bm25)`, `score candidates (...)`, `select`.
    public let part: String
    /// Documents or queries that are done.
    public let completed: Int
    /// Documents or queries of the part.
    public let total: Int
}

/// What a caller may do while negatives are mined: stop it and watch it.
public struct MiningControl: Sendable {
    /// Asked between small pieces of work; true makes the call throw ``MiningError/Code/cancelled``.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Told between pieces of work, on the thread of the call; counts of a part never go back.
    public var onProgress: (@Sendable (MiningProgress) -> Void)?

    /// Neither stopped nor watched unless said.
    public init(
        isCancelled: (@Sendable () -> Bool)? = nil, onProgress: (@Sendable (MiningProgress) -> Void)? = nil
    ) {
        self.isCancelled = isCancelled
        self.onProgress = onProgress
    }

    /// Tells, and throws if the caller wants no more.
    package func report(_ part: String, _ completed: Int, of total: Int) throws(MiningError) {
        onProgress?(MiningProgress(part: part, completed: completed, total: total))
        if isCancelled?() == true { throw .cancelled }
    }

    /// Goes through `count` things in portions and tells after each.
    package func inPortions(
        of size: Int, _ count: Int, _ part: String, _ body: (Range<Int>) throws -> Void
    ) throws {
        var start = 0
        try report(part, 0, of: count)
        while start < count {
            let end = min(count, start + size)
            try body(start..<end)
            start = end
            try report(part, end, of: count)
        }
    }
}
