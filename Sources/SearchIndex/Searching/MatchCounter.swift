/// Counts the documents that match any or all of some terms, without scoring them.
struct MatchCounter {
    private static let window = 4096

    private let clauses: [TermClause]
    private let mode: PrunedSearch.Mode
    private let accepted: DocumentSet?
    private let documentCount: Int

    init(_ clauses: [TermClause], _ mode: PrunedSearch.Mode, accepted: DocumentSet?, _ documentCount: Int) {
        self.clauses = clauses.sorted { $0.count < $1.count }
        self.mode = mode
        self.accepted = accepted
        self.documentCount = documentCount
    }

    /// Stops when the limit is reached: then there may be more.
    func count(atMost limit: Int) -> (count: Int, isComplete: Bool) {
        if clauses.count == 1, accepted == nil { return (clauses[0].count, true) }
        let words = Self.window / 64
        let bits = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * words)
        defer { bits.deallocate() }
        let others = bits + words
        var count = 0, low = 0
        while low < documentCount {
            let high = min(low + Self.window, documentCount)
            bits.initialize(repeating: 0, count: words)
            clauses[0].mark(low, high, bits)
            for clause in clauses.dropFirst() {
                if mode == .any {
                    clause.mark(low, high, bits)
                    continue
                }
                others.initialize(repeating: 0, count: words)
                clause.mark(low, high, others)
                for word in 0..<words { bits[word] &= others[word] }
            }
            if let accepted {
                for word in 0..<words where (low >> 6) + word < accepted.words.count {
                    bits[word] &= accepted.words[(low >> 6) + word]
                }
            }
            for word in 0..<words { count += bits[word].nonzeroBitCount }
            if count >= limit { return (count, false) }
            low = high
        }
        return (count, true)
    }
}
