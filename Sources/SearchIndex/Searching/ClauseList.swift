/// Some terms, for loops that run once a block: nothing is retained on the way.
final class ClauseList {
    let count: Int
    private let owner: [TermClause]
    private let references: UnsafeMutablePointer<Unmanaged<TermClause>>
    private let ranges: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>

    /// - Parameter clauses: their ranges, where they are needed, are made.
    init(_ clauses: [TermClause]) {
        count = clauses.count
        owner = clauses
        references = .allocate(capacity: clauses.count)
        ranges = .allocate(capacity: clauses.count)
        for (i, clause) in clauses.enumerated() {
            (references + i).initialize(to: Unmanaged.passUnretained(clause))
            (ranges + i).initialize(to: clause.ranges)
        }
    }

    deinit {
        references.deallocate()
        ranges.deallocate()
    }

    /// No document of a range scores more by the term.
    @inline(__always)
    func bound(_ i: Int, _ range: Int) -> Float { ranges[i].unsafelyUnwrapped[range] }

    @inline(__always)
    func with<R>(_ i: Int, _ body: (TermClause) -> R) -> R { references[i]._withUnsafeGuaranteedRef(body) }
}
