import Synchronization
import Tensors

/// Exact search over vectors.
struct DenseSearch: @unchecked Sendable {
    /// How vectors are compared.
    enum Comparison: String {
        case cosine
        case dot
        case euclidean
    }

    private let documents: MatrixView
    private let queries: MatrixView
    private let comparison: Comparison

    /// Queries that a thread takes at a time, and documents that it compares with all of them while they are in cache.
    private static let queryBlock = 8
    private static let documentBlock = 256

    /// Takes vectors; for cosines, they are made unit vectors in place.
    init(documents: MatrixView, queries: MatrixView, _ comparison: Comparison) {
        self.documents = documents
        self.queries = queries
        self.comparison = comparison
        if comparison == .cosine {
            Kernels.active.l2Normalize(documents)
            Kernels.active.l2Normalize(queries)
        }
    }

    /// The best documents of each query, best first.
    ///
    /// Complexity: O(queries x documents x width).
    func best(_ count: Int, pool: WorkerPool) -> [[(score: Float, document: Int32)]] {
        let results = Mutex<[[(score: Float, document: Int32)]]>(Array(repeating: [], count: queries.rows))
        pool.run((queries.rows + Self.queryBlock - 1) / Self.queryBlock) { [self] block, _ in
            let range = block * Self.queryBlock..<min(queries.rows, (block + 1) * Self.queryBlock)
            var tops = range.map { _ in TopDocuments(limit: count) }
            for start in stride(from: 0, to: documents.rows, by: Self.documentBlock) {
                for (index, query) in range.enumerated() {
                    for document in start..<min(documents.rows, start + Self.documentBlock) {
                        tops[index].offer(score(query, document), Int32(document))
                    }
                }
            }
            results.withLock { results in
                for (query, top) in zip(range, tops) { results[query] = top.sorted }
            }
        }
        return results.withLock { $0 }
    }

    private func score(_ query: Int, _ document: Int) -> Float {
        let x = UnsafeBufferPointer(queries[query])
        let y = UnsafeBufferPointer(documents[document])
        if comparison != .euclidean { return Kernels.active.dot(x, y) }
        var sum: Float = 0
        for index in x.indices { sum += (x[index] - y[index]) * (x[index] - y[index]) }
        return -sum
    }
}
