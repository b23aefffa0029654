import Synchronization
import Tensors

/// Sparse vectors in order, and exact search over them.
struct SparseRows: Sendable {
    private let width: Int
    private var starts = [0]
    private var columns: [Int32] = []
    private var values: [Float] = []

    init(width: Int) { self.width = width }

    /// The entries of a row that are not zero.
    static func entries(_ row: UnsafeBufferPointer<Float>) -> [(Int32, Float)] {
        var entries: [(Int32, Float)] = []
        for column in row.indices where row[column] != 0 { entries.append((Int32(column), row[column])) }
        return entries
    }

    mutating func append(_ entries: [(Int32, Float)]) {
        for (column, value) in entries {
            columns.append(column)
            values.append(value)
        }
        starts.append(columns.count)
    }

    var count: Int { starts.count - 1 }

    /// The mean number of entries of a vector.
    var meanActive: Double { Double(columns.count) / Double(max(1, count)) }

    /// Products that a query and a document need on average: the sum over the vocabulary of the share of queries times the
    /// share of documents that have an entry (arXiv:2004.05665).
    static func expectedProducts(_ a: SparseRows, _ b: SparseRows) -> Double {
        let (x, y) = (a.columnCounts, b.columnCounts)
        return zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } / Double(max(1, a.count) * max(1, b.count))
    }

    private var columnCounts: [Int] {
        var counts = [Int](repeating: 0, count: width)
        for column in columns { counts[Int(column)] += 1 }
        return counts
    }

    /// The best rows for each query by dot product, best first; rows that share nothing with it are not found.
    ///
    /// Complexity: O(entries) to turn the rows into lists, then of each query the lengths of its lists.
    func best(_ limit: Int, for queries: SparseRows, pool: WorkerPool) -> [[(score: Float, document: Int32)]] {
        var listStarts = [0]
        for count in columnCounts { listStarts.append(listStarts[listStarts.count - 1] + count) }
        var next = listStarts
        var listed = [Int32](repeating: 0, count: columns.count)
        var weights = [Float](repeating: 0, count: columns.count)
        for row in 0..<count {
            for entry in starts[row]..<starts[row + 1] {
                let place = next[Int(columns[entry])]
                next[Int(columns[entry])] += 1
                listed[place] = Int32(row)
                weights[place] = values[entry]
            }
        }
        let results = Mutex<[[(score: Float, document: Int32)]]>(Array(repeating: [], count: queries.count))
        let portion = 16
        let rows = count
        pool.run((queries.count + portion - 1) / portion) { [listStarts, listed, weights] block, _ in
            var scores = [Float](repeating: 0, count: rows)
            for query in block * portion..<min(queries.count, (block + 1) * portion) {
                var touched: [Int32] = []
                for entry in queries.starts[query]..<queries.starts[query + 1] {
                    let column = Int(queries.columns[entry])
                    for place in listStarts[column]..<listStarts[column + 1] {
                        let row = listed[place]
                        if scores[Int(row)] == 0 { touched.append(row) }
                        scores[Int(row)] += queries.values[entry] * weights[place]
                    }
                }
                var top = TopDocuments(limit: limit)
                for row in touched {
                    // Twice in the list, if products of both signs met at zero.
                    if scores[Int(row)] != 0 { top.offer(scores[Int(row)], row) }
                    scores[Int(row)] = 0
                }
                results.withLock { $0[query] = top.sorted }
            }
        }
        return results.withLock { $0 }
    }
}
