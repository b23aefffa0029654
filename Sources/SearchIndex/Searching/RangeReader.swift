import CPostings

/// Scores the documents of one range after the other that have any of some terms (see ``PrunedSearch``).
final class RangeReader {
    /// By bound, the lowest first.
    private let clauses: ClauseList
    private let size: Int
    private let accepted: DocumentSet?
    private let kernels: UnsafePointer<cp_kernels> = cp_kernels_best()
    /// -0 where nothing was added.
    private let sums: UnsafeMutablePointer<Double>
    /// The bounds of the terms before each in a range, together.
    private let rests: UnsafeMutablePointer<Double>

    /// - Parameter clauses: by bound, the lowest first; their ranges are made.
    init(_ clauses: [TermClause], size: Int, accepted: DocumentSet?) {
        self.clauses = ClauseList(clauses)
        self.size = size
        self.accepted = accepted
        sums = .allocate(capacity: size)
        sums.initialize(repeating: -0.0, count: size)
        rests = .allocate(capacity: clauses.count + 1)
        rests.initialize(repeating: 0, count: clauses.count + 1)
    }

    deinit {
        sums.deallocate()
        rests.deallocate()
    }

    /// Fills the batch with the documents that score at least so much.
    ///
    /// Terms are split as by MaxScore: those that cannot reach the score together are looked up for the documents of the others.
    func read(_ number: Int, _ range: Range<Int>, needed: Float, into batch: CandidateBatch) {
        var essential = 0, present = 0, single = 0
        for i in 0..<clauses.count {
            let bound = clauses.bound(i, number)
            rests[i &+ 1] = rests[i] + Double(bound)
            if essential == i, needed > 0, Float(rests[i &+ 1]) < needed {
                essential &+= 1
            } else if bound > 0 {
                present &+= 1
                single = i
            }
        }
        batch.count = 0
        if present == 0 { return }
        if present == 1 {
            clauses.with(single) {
                $0.take(range.lowerBound, range.upperBound, rest: rests[essential], needed: needed, into: batch)
            }
        } else {
            for i in essential..<clauses.count where clauses.bound(i, number) > 0 {
                clauses.with(i) { $0.accumulate(range.lowerBound, range.upperBound, sums) }
            }
            batch.count = kernels.pointee.harvest(
                size, sums, rests[essential], needed, UInt32(range.lowerBound), batch.documents, batch.sums)
        }
        if let accepted { batch.keep(accepted) }
        while essential > 0, batch.count > 0 {
            essential &-= 1
            if clauses.bound(essential, number) > 0 {
                clauses.with(essential) { batch.combine($0, .optional, rest: rests[essential], needed: needed) }
            }
        }
    }
}
