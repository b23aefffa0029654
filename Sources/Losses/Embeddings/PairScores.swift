import Tensors

/// The measure of each row's query with each of its documents.
struct PairScores {
    /// Row by row: [B][documents].
    let values: [Double]
    /// Documents of a row.
    let documents: Int
    /// Rows: B.
    let rows: Int
    private let columns: [MatrixView]
    private let measure: PairMeasure

    init(_ batch: EmbeddingBatch, _ measure: PairMeasure) {
        self.measure = measure
        columns = batch.columns
        rows = batch.rows
        documents = batch.columns.count - 1
        var values: [Double] = []
        values.reserveCapacity(rows * documents)
        for row in 0..<rows {
            for document in 1...documents {
                values.append(measure.value(columns[0].start(row), columns[document].start(row), batch.width))
            }
        }
        self.values = values
    }

    /// The values of one row.
    func row(_ row: Int) -> ArraySlice<Double> { values[row * documents..<(row + 1) * documents] }

    /// Writes the gradients of all columns from the derivatives by `values`.
    func writeGradients(from derivatives: [Double], to gradients: [MatrixView]) {
        guard !gradients.isEmpty else { return }
        let width = columns[0].columns
        let query = UnsafeMutablePointer<Double>.allocate(capacity: width)
        let text = UnsafeMutablePointer<Double>.allocate(capacity: width)
        defer {
            query.deallocate()
            text.deallocate()
        }
        for row in 0..<rows {
            query.update(repeating: 0, count: width)
            for document in 1...documents {
                text.update(repeating: 0, count: width)
                let derivative = derivatives[row * documents + document - 1]
                if derivative != 0 {
                    measure.addDerivatives(
                        derivative, columns[0].start(row), columns[document].start(row), to: query, text, width)
                }
                for index in 0..<width { gradients[document][row][index] = Float(text[index]) }
            }
            for index in 0..<width { gradients[0][row][index] = Float(query[index]) }
        }
    }
}

extension MatrixView {
    /// The first element of a row.
    func start(_ row: Int) -> UnsafeMutablePointer<Float> { base + row * stride }
}
