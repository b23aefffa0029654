/// A matrix whose rows are int8 with one factor each: value[n, k] = numbers[n * columns + k] * scales[n].
///
/// Symmetric: the largest magnitude of a row becomes 127, zero stays zero, -128 is not used. The error of a value is at most half a scale,
/// that is 0.4 % of the largest of its row.
public struct QuantizedRows: Sendable, Hashable {
    /// Rows, N.
    public let rows: Int
    /// Columns, K.
    public let columns: Int
    /// Row-major, N x K, each -127...127.
    public let numbers: [Int8]
    /// One for each row.
    public let scales: [Float]

    /// Quantises a matrix.
    ///
    /// - Parameters:
    ///   - values: Row-major, `rows * columns`.
    /// - Returns: `nil` if a value is infinite or not a number, which no scale can hold.
    public init?(_ values: [Float], rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "the matrix has another size")
        var numbers = [Int8](repeating: 0, count: values.count)
        var scales = [Float](repeating: 0, count: rows)
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            var largest: Float = 0
            for value in values[range] {
                guard value.isFinite else { return nil }
                largest = max(largest, value.magnitude)
            }
            scales[row] = largest / 127
            // A row of zeros, or of numbers so small that their scale vanishes, is all zeros.
            guard scales[row] > 0 else { continue }
            for index in range {
                numbers[index] = Int8(max(-127, min(127, (values[index] / scales[row]).rounded(.toNearestOrEven))))
            }
        }
        self.rows = rows
        self.columns = columns
        self.numbers = numbers
        self.scales = scales
    }
}
