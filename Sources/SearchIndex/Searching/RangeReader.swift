/// Scores the documents of one range after the other that have any of some terms (see ``PrunedSearch``).
struct RangeReader {
    private let clauses: [TermClause]
    private let shift: Int
    private let accepted: DocumentSet?
    private let documentCount: Int
    private let sums: UnsafeMutablePointer<Double>
    private let seen: UnsafeMutablePointer<UInt64>
    private let candidates: UnsafeMutablePointer<UInt32>

    /// - Parameter clauses: by bound, the lowest first.
    init(_ clauses: [TermClause], shift: Int, accepted: DocumentSet?, documentCount: Int) {
        self.clauses = clauses
        self.shift = shift
        self.accepted = accepted
        self.documentCount = documentCount
        let size = 1 << shift
        sums = .allocate(capacity: size)
        sums.initialize(repeating: 0, count: size)
        seen = .allocate(capacity: size / 64)
        seen.initialize(repeating: 0, count: size / 64)
        candidates = .allocate(capacity: size)
    }

    func free() {
        sums.deallocate()
        seen.deallocate()
        candidates.deallocate()
    }

    /// Hands over every document that scores at least `least()`; documents ascend.
    @inline(__always)
    func read(_ range: Int, least: () -> Float, _ body: (Int, Float) -> Void) {
        let low = range << shift, high = min(low + (1 << shift), documentCount)
        var needed = least()
        var essential = 0
        var rest = 0.0
        while essential < clauses.count {
            let more = rest + Double(clauses[essential].ranges![range])
            if needed <= 0 || Float(more) >= needed { break }
            rest = more
            essential += 1
        }
        for clause in clauses[essential...] where clause.ranges![range] > 0 {
            clause.accumulate(low, high, sums, seen)
        }
        var count = 0
        for word in 0..<(1 << shift) / 64 {
            var bits = seen[word]
            seen[word] = 0
            while bits != 0 {
                let at = word << 6 | bits.trailingZeroBitCount
                bits &= bits &- 1
                let sum = sums[at]
                sums[at] = 0
                if Float(sum + rest) < needed { continue }
                let document = low + at
                if let accepted, !accepted.contains(document) { continue }
                if essential == 0 {
                    body(document, Float(sum))
                    needed = least()
                } else {
                    sums[count] = sum
                    candidates[count] = UInt32(truncatingIfNeeded: document)
                    count += 1
                }
            }
        }
        if essential == 0 { return }
        var next = essential
        while next > 0, count > 0 {
            next -= 1
            let clause = clauses[next]
            if clause.ranges![range] == 0 { continue }
            rest = 0
            for clause in clauses[..<next] { rest += Double(clause.ranges![range]) }
            var kept = 0
            for i in 0..<count {
                var sum = sums[i]
                if let score = clause.score(of: Int(candidates[i])) { sum += Double(score) }
                if Float(sum + rest) < needed { continue }
                sums[kept] = sum
                candidates[kept] = candidates[i]
                kept += 1
            }
            for i in kept..<count { sums[i] = 0 }
            count = kept
        }
        for i in 0..<count {
            let sum = Float(sums[i])
            sums[i] = 0
            if sum >= needed {
                body(Int(candidates[i]), sum)
                needed = least()
            }
        }
    }
}
