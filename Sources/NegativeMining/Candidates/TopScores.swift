/// The best documents of many queries, in one block of memory: a heap for each query with its worst document on top.
///
/// Documents of a query must come in ascending order; of equal scores the first ones stay. Different queries may be filled by
/// different threads.
package final class TopScores: @unchecked Sendable {
    let depth: Int
    private let queries: Int
    private let scores: UnsafeMutablePointer<Float>
    private let documents: UnsafeMutablePointer<Int32>
    private let counts: UnsafeMutablePointer<Int32>

    package init(queries: Int, depth: Int) {
        self.queries = queries
        self.depth = depth
        scores = .allocate(capacity: max(1, queries * depth))
        documents = .allocate(capacity: max(1, queries * depth))
        counts = .allocate(capacity: max(1, queries))
        counts.initialize(repeating: 0, count: max(1, queries))
    }

    deinit {
        scores.deallocate()
        documents.deallocate()
        counts.deallocate()
    }

    /// Takes the scores of consecutive documents for a query.
    package func take(_ values: UnsafeBufferPointer<Float>, firstDocument: Int, query: Int) {
        precondition(query < queries, "query \(query) of \(queries)")
        guard depth > 0 else { return }
        let scores = scores + query * depth
        let documents = documents + query * depth
        var count = Int(counts[query])
        for (offset, score) in values.enumerated() {
            let document = Int32(firstDocument + offset)
            if count < depth {
                scores[count] = score
                documents[count] = document
                count += 1
                siftUp(scores, documents, from: count - 1)
            } else if score > scores[0] {
                scores[0] = score
                documents[0] = document
                siftDown(scores, documents, count)
            }
        }
        counts[query] = Int32(count)
    }

    /// The documents of a query: by score descending, then by number.
    package func best(_ query: Int) -> [ScoredCandidate] {
        let start = query * depth
        return (start..<(start + Int(counts[query])))
            .map { ScoredCandidate(document: Int(documents[$0]), score: scores[$0]) }
            .sorted(by: precedes)
    }

    /// Whether `a` is worse than `b`: it has the lower score, or the higher number.
    @inline(__always)
    private func isWorse(
        _ scores: UnsafeMutablePointer<Float>, _ documents: UnsafeMutablePointer<Int32>, _ a: Int, _ b: Int
    ) -> Bool {
        scores[a] < scores[b] || (scores[a] == scores[b] && documents[a] > documents[b])
    }

    private func swap(
        _ scores: UnsafeMutablePointer<Float>, _ documents: UnsafeMutablePointer<Int32>, _ a: Int, _ b: Int
    ) {
        (scores[a], scores[b]) = (scores[b], scores[a])
        (documents[a], documents[b]) = (documents[b], documents[a])
    }

    private func siftUp(
        _ scores: UnsafeMutablePointer<Float>, _ documents: UnsafeMutablePointer<Int32>, from last: Int
    ) {
        var child = last
        while child > 0, isWorse(scores, documents, child, (child - 1) / 2) {
            swap(scores, documents, child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func siftDown(
        _ scores: UnsafeMutablePointer<Float>, _ documents: UnsafeMutablePointer<Int32>, _ count: Int
    ) {
        var parent = 0
        while 2 * parent + 1 < count {
            var child = 2 * parent + 1
            if child + 1 < count, isWorse(scores, documents, child + 1, child) { child += 1 }
            guard isWorse(scores, documents, child, parent) else { return }
            swap(scores, documents, child, parent)
            parent = child
        }
    }
}

/// The order of candidates: by score descending, then by number.
func precedes(_ a: ScoredCandidate, _ b: ScoredCandidate) -> Bool {
    a.score > b.score || (a.score == b.score && a.document < b.document)
}
