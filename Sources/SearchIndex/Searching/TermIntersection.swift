import CPostings

/// Finds the documents that have all of some terms and can score enough (see ``PrunedSearch`` and ``PhraseSearch``).
///
/// The term with the fewest documents leads: its blocks are scored, and the others are looked up for what can still be among the best.
final class TermIntersection {
    private let lead: TermClause
    private let lookups: ClauseList
    private let combination: CandidateBatch.Combination
    private let ranges: DocumentRanges
    private let accepted: DocumentSet?
    /// What the terms behind each lookup add at most.
    private let rests: [Double]
    /// By range, what the other terms add at most (of the lowest: their lowest bound); below 0 where one of them has no document.
    private let others: UnsafeMutablePointer<Float>
    /// By range, the highest possible score; below 0 where no document has all terms.
    let bounds: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - clauses: the one with the fewest documents first; that one is not rare.
    ///   - combination: whether scores are added or the lowest counts.
    init(
        _ clauses: [TermClause], _ combination: CandidateBatch.Combination, _ ranges: DocumentRanges,
        accepted: DocumentSet?
    ) {
        lead = clauses[0]
        self.combination = combination
        self.ranges = ranges
        self.accepted = accepted
        others = .allocate(capacity: ranges.count)
        bounds = .allocate(capacity: ranges.count)
        let isSum = combination == .required
        others.initialize(repeating: isSum ? 0 : .infinity, count: ranges.count)
        for clause in clauses { clause.makeRanges(ranges.count, shift: ranges.shift) }
        for clause in clauses.dropFirst() {
            let more = clause.ranges!
            for range in 0..<ranges.count {
                let bound = isSum ? others[range] + more[range] : min(others[range], more[range])
                others[range] = more[range] == 0 || others[range] < 0 ? -1 : bound
            }
        }
        // Float32 sums of bounds may be rounded down, a little for each.
        let slack = isSum ? 1 + 1.5e-7 * Float(clauses.count) : 1
        let first = lead.ranges!
        for range in 0..<ranges.count {
            let bound = isSum ? (others[range] + first[range]) * slack : min(others[range], first[range])
            bounds[range] = first[range] == 0 || others[range] < 0 ? -1 : bound
            others[range] *= slack
        }
        lookups = ClauseList(Array(clauses.dropFirst()))
        var rests = [0.0]
        for clause in clauses.dropFirst().reversed().dropLast() {
            rests.append(isSum ? rests.last! + Double(clause.bound) : 0)
        }
        self.rests = rests.reversed()
    }

    deinit {
        others.deallocate()
        bounds.deallocate()
    }

    /// How many blocks the leading term has.
    var blockCount: Int { lead.cursor.blockCount }

    /// Fills the batch with the documents of a range.
    func read(range: Int, needed: Float, into batch: CandidateBatch) {
        batch.count = 0
        let documents = ranges[range]
        let rest = combination == .required ? Double(others[range]) : 0
        lead.take(documents.lowerBound, documents.upperBound, rest: rest, needed: needed, into: batch)
        lookUp(batch, needed)
    }

    /// Fills the batch with the documents of a block of the leading term.
    ///
    /// Blocks without a range that can score enough are not read.
    func read(block: Int, needed: Float, into batch: CandidateBatch) {
        batch.count = 0
        guard let ends = lead.cursor.blockEnds else { return }
        let first = block == 0 ? 0 : Int(ends[block &- 1]) &+ 1
        var highest: Float = -1
        for range in first >> ranges.shift...Int(ends[block]) >> ranges.shift
        where bounds[range] >= needed && others[range] > highest { highest = others[range] }
        if highest < 0 { return }
        let isSum = combination == .required
        lead.take(block: block, rest: isSum ? Double(highest) : 0, needed: needed) { document, score in
            let rest = others[Int(document) >> ranges.shift]
            if rest < 0 { return }
            if isSum ? Float(Double(score) + Double(rest)) >= needed : rest >= needed {
                batch.append(document, Double(score))
            }
        }
        lookUp(batch, needed)
    }

    private func lookUp(_ batch: CandidateBatch, _ needed: Float) {
        if let accepted { batch.keep(accepted) }
        for i in 0..<lookups.count where batch.count > 0 {
            lookups.with(i) { batch.combine($0, combination, rest: rests[i], needed: needed) }
        }
    }
}
