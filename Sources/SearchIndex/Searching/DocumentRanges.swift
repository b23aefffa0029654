/// A segment's documents in ranges of equal size, at least 256.
struct DocumentRanges {
    /// A range has `1 << shift` documents.
    let shift: Int
    /// How many ranges there are.
    let count: Int
    private let documentCount: Int

    init(_ documentCount: Int) {
        var shift = 8
        while documentCount >> shift > 8192 { shift += 1 }
        self.shift = shift
        self.documentCount = documentCount
        count = (documentCount >> shift) + 1
    }

    /// The documents of a range.
    @inline(__always)
    subscript(range: Int) -> Range<Int> {
        let low = range << shift
        return low..<max(low, min(low &+ (1 << shift), documentCount))
    }

    /// The sums of the bounds of some terms; the caller deallocates them.
    func sumsOfBounds(_ clauses: [TermClause]) -> UnsafeMutablePointer<Float> {
        let bounds = UnsafeMutablePointer<Float>.allocate(capacity: count)
        bounds.initialize(repeating: 0, count: count)
        for clause in clauses {
            clause.makeRanges(count, shift: shift)
            let ranges = clause.ranges!
            for range in 0..<count { bounds[range] += ranges[range] }
        }
        // Float32 sums may be rounded down, a little for each.
        let slack = 1 + 1.5e-7 * Float(clauses.count)
        for range in 0..<count { bounds[range] *= slack }
        return bounds
    }

    /// The ranges with the highest bounds, the best first; none without a bound.
    func best(_ wanted: Int, _ bounds: UnsafeMutablePointer<Float>) -> [Int] {
        var best: [(bound: Float, range: Int)] = []
        best.reserveCapacity(wanted)
        var lowest: Float = 0
        for range in 0..<count where bounds[range] > lowest {
            if best.count == wanted { best.removeLast() }
            var at = best.count
            while at > 0, best[at - 1].bound < bounds[range] { at -= 1 }
            best.insert((bounds[range], range), at: at)
            if best.count == wanted { lowest = best[wanted - 1].bound }
        }
        return best.map(\.range)
    }
}
