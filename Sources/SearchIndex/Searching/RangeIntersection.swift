/// Finds the documents of a range that have all of some terms.
struct RangeIntersection {
    /// The rarest first.
    let clauses: [TermClause]
    private let shift: Int
    private let accepted: DocumentSet?
    private let documentCount: Int
    private let bits: UnsafeMutablePointer<UInt64>
    private let others: UnsafeMutablePointer<UInt64>

    init(_ clauses: [TermClause], shift: Int, accepted: DocumentSet?, documentCount: Int) {
        self.clauses = clauses.sorted { $0.count < $1.count }
        self.shift = shift
        self.accepted = accepted
        self.documentCount = documentCount
        let words = (1 << shift) / 64
        bits = .allocate(capacity: words)
        others = .allocate(capacity: words)
        bits.initialize(repeating: 0, count: words)
        others.initialize(repeating: 0, count: words)
    }

    func free() {
        bits.deallocate()
        others.deallocate()
    }

    /// Calls the body with the documents of the range, ascending.
    @inline(__always)
    func forEach(_ range: Int, _ body: (Int) -> Void) {
        let low = range << shift, high = min(low + (1 << shift), documentCount)
        let words = (1 << shift) / 64
        clauses[0].mark(low, high, bits)
        for clause in clauses.dropFirst() {
            clause.mark(low, high, others)
            var any: UInt64 = 0
            for word in 0..<words {
                bits[word] &= others[word]
                any |= bits[word]
                others[word] = 0
            }
            if any == 0 { return }
        }
        for word in 0..<words {
            var left = bits[word]
            bits[word] = 0
            while left != 0 {
                let document = low + (word << 6) + left.trailingZeroBitCount
                left &= left &- 1
                if let accepted, !accepted.contains(document) { continue }
                body(document)
            }
        }
    }
}
