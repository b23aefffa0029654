import Tensors

/// Vectors of documents, compared with those of queries by their dot products: exactly, in blocks.
struct VectorTable: Sendable {
    /// Vectors in a block: with its scores for a tile of queries it stays in a core's second-level cache.
    static let blockRows = 1024
    private static let tileQueries = 64

    let count: Int
    let dimensions: Int
    /// [count][dimensions].
    let values: FloatBuffer

    /// Room for vectors.
    init(count: Int, dimensions: Int) {
        self.count = count
        self.dimensions = dimensions
        values = FloatBuffer(count: count * dimensions)
    }

    /// The best of all vectors for each query, [Q][dimensions] row-major.
    func search(
        _ queries: [Float], depth: Int, pool: WorkerPool, control: MiningControl, part: String
    ) throws(MiningError) -> [[ScoredCandidate]] {
        let queryCount = queries.count / max(1, dimensions)
        let tops = TopScores(queries: queryCount, depth: min(depth, count))
        let queryRows = FloatBuffer(queries)
        let tiles = (queryCount + Self.tileQueries - 1) / Self.tileQueries
        let dimensions = dimensions
        var start = 0
        try control.report(part, 0, of: count)
        while start < count {
            let rows = start..<min(count, start + Self.blockRows)
            let block = packed(rows.map { $0 })
            pool.run(tiles) { tile, worker in
                let range = (tile * Self.tileQueries)..<min(queryCount, (tile + 1) * Self.tileQueries)
                let workspace = worker.workspace
                let mark = workspace.mark()
                let scores = workspace.matrix(rows: range.count, columns: rows.count)
                let x = queryRows.matrix(rows: queryCount, columns: dimensions).rows(range)
                workspace.kernels.multiply(x, block, into: scores)
                for (row, query) in range.enumerated() {
                    tops.take(UnsafeBufferPointer(scores[row]), firstDocument: rows.lowerBound, query: query)
                }
                workspace.release(mark)
            }
            start = rows.upperBound
            try control.report(part, start, of: count)
        }
        return (0..<queryCount).map { tops.best($0) }
    }

    /// The dot products of one query with certain vectors, bit for bit those of a search.
    func scores(_ query: ArraySlice<Float>, documents: [Int], workspace: Workspace) -> [Float] {
        guard !documents.isEmpty else { return [] }
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let x = workspace.matrix(rows: 1, columns: dimensions)
        for (column, value) in query.enumerated() { x[0, column] = value }
        let scores = workspace.matrix(rows: 1, columns: documents.count)
        workspace.kernels.multiply(x, packed(documents), into: scores)
        return scores.array()
    }

    /// Some vectors as the weights of a product.
    private func packed(_ rows: [Int]) -> PackedMatrix {
        let weight = [Float](unsafeUninitializedCapacity: rows.count * dimensions) { target, initialized in
            for (place, row) in rows.enumerated() {
                guard let base = target.baseAddress else { break }
                (base + place * dimensions).initialize(from: values.base + row * dimensions, count: dimensions)
            }
            initialized = rows.count * dimensions
        }
        return PackedMatrix(weight: weight, outputs: rows.count, inputs: dimensions)
    }
}
