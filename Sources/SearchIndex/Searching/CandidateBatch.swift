import CPostings

/// Some documents of a segment, ascending, with what is known of their scores; the terms of a query are looked up for all of them at
/// once.
///
/// Belongs to one thread. The memory is used again for batch after batch.
final class CandidateBatch {
    /// How a term's score changes what a document has.
    enum Combination {
        /// It is added; documents without the term stay as they are.
        case optional
        /// It is added; documents without the term leave.
        case required
        /// The lower one of both stays; documents without the term leave.
        case lowest
    }

    /// How many documents fit.
    let capacity: Int
    /// How many documents there are.
    var count = 0
    let documents: UnsafeMutablePointer<UInt32>
    /// The sums of the scores of the terms looked at so far, or the lowest of them.
    let sums: UnsafeMutablePointer<Double>

    // Of the term looked up last: which candidates have it, and where and how often.
    private let found: UnsafeMutablePointer<UInt32>
    private let places: UnsafeMutablePointer<UInt32>
    private let foundDocuments: UnsafeMutablePointer<UInt32>
    private let frequencies: UnsafeMutablePointer<UInt32>
    private let scores: UnsafeMutablePointer<Float>

    init(capacity: Int) {
        self.capacity = capacity
        let words = UnsafeMutablePointer<UInt32>.allocate(capacity: 5 * capacity)
        documents = words
        found = words + capacity
        places = words + 2 * capacity
        foundDocuments = words + 3 * capacity
        frequencies = words + 4 * capacity
        sums = .allocate(capacity: capacity)
        scores = .allocate(capacity: capacity)
    }

    deinit {
        documents.deallocate()
        sums.deallocate()
        scores.deallocate()
    }

    @inline(__always)
    func append(_ document: UInt32, _ sum: Double) {
        documents[count] = document
        sums[count] = sum
        count &+= 1
    }

    /// Keeps those that can still score `needed` if other terms add `rest`.
    func keep(reaching needed: Float, with rest: Double) {
        var kept = 0
        for i in 0..<count {
            let sum = sums[i]
            documents[kept] = documents[i]
            sums[kept] = sum
            if Float(sum + rest) >= needed { kept &+= 1 }
        }
        count = kept
    }

    /// Keeps those of a set.
    func keep(_ set: DocumentSet) {
        var kept = 0
        for i in 0..<count where set.contains(Int(documents[i])) {
            documents[kept] = documents[i]
            sums[kept] = sums[i]
            kept &+= 1
        }
        count = kept
    }

    /// Looks a term up, and keeps those that can still score `needed` if the terms to come add `rest`.
    func combine(_ clause: TermClause, _ combination: Combination, rest: Double, needed: Float) {
        if count == 0 { return }
        let matches = lookUp(clause)
        if combination == .optional {
            for i in 0..<matches { sums[Int(found[i])] += Double(scores[i]) }
            keep(reaching: needed, with: rest)
            return
        }
        var kept = 0
        for i in 0..<matches {
            let at = Int(found[i])
            let score = Double(scores[i])
            let sum = combination == .lowest ? min(sums[at], score) : sums[at] + score
            documents[kept] = documents[at]
            sums[kept] = sum
            if Float(sum + rest) >= needed { kept &+= 1 }
        }
        count = kept
    }

    /// Fills ``found`` and ``scores``.
    private func lookUp(_ clause: TermClause) -> Int {
        if let material = clause.material, let known = clause.materialScores {
            let from = clause.materialIndex(of: documents[0])
            let matches = clause.kernels.pointee.intersect(
                count, documents, clause.materialCount - from, material + from, found, places)
            for i in 0..<matches { scores[i] = known[from &+ Int(places[i])] }
            return matches
        }
        let cursor = clause.cursor
        var matches = 0, i = 0
        while i < count, cursor.seekBlock(Int(documents[i])) {
            // The candidates up to the end of the block.
            let inBlock = cursor.inBlock, last = cursor.documents[inBlock &- 1]
            let end = last >= documents[count &- 1] ? count : cp_lower_bound(documents, i, count, last &+ 1)
            if end == i { break }
            let shared = clause.kernels.pointee.intersect(
                end &- i, documents + i, inBlock, cursor.documents, found + matches, places)
            if shared > 0 {
                cursor.frequencies(at: places, shared, into: frequencies + matches)
                for k in matches..<matches &+ shared {
                    found[k] &+= UInt32(truncatingIfNeeded: i)
                    foundDocuments[k] = documents[Int(found[k])]
                }
                matches &+= shared
            }
            i = end
        }
        clause.score(matches, foundDocuments, frequencies, into: scores)
        return matches
    }
}
