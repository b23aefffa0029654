/// Rows of float32 values in memory that something else owns: row-major, rows `stride` floats apart.
///
/// A view is a pointer with a shape. It does not keep its memory alive (use the owning `FloatBuffer` behind the last use of
/// a view, with `withExtendedLifetime` where nothing else does) and does not check for data races: views on different
/// rows may be written by different threads.
public struct MatrixView: @unchecked Sendable {
    /// First float of the first row.
    public let base: UnsafeMutablePointer<Float>
    /// Number of rows.
    public let rows: Int
    /// Floats of a row that belong to the matrix.
    public let columns: Int
    /// Floats from one row to the next, at least `columns`.
    public let stride: Int

    /// Describes memory that holds `rows` rows; `stride` is `columns` unless given.
    public init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        precondition(rows >= 0 && columns >= 0 && (stride ?? columns) >= columns, "impossible matrix shape")
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }

    /// One row; O(1).
    public subscript(row: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        return UnsafeMutableBufferPointer(start: base + row * stride, count: columns)
    }

    /// One element; O(1).
    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(column >= 0 && column < columns, "column \(column) of \(columns)")
            return self[row][column]
        }
        nonmutating set {
            precondition(column >= 0 && column < columns, "column \(column) of \(columns)")
            self[row][column] = newValue
        }
    }

    /// Some consecutive rows; O(1).
    public func rows(_ range: Range<Int>) -> MatrixView {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return MatrixView(base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
    }

    /// Some consecutive columns of all rows; O(1).
    public func columns(_ range: Range<Int>) -> MatrixView {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return MatrixView(base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// Copies all rows of `other`, which must have the same shape.
    public func copy(from other: MatrixView) {
        precondition(rows == other.rows && columns == other.columns, "copy between different shapes")
        for row in 0..<rows {
            (base + row * stride).update(from: other.base + row * other.stride, count: columns)
        }
    }

    /// The values in row order, without the gaps between rows.
    public func array() -> [Float] {
        [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
            count = rows * columns
            guard let start = buffer.baseAddress else { return }
            for row in 0..<rows {
                (start + row * columns).update(from: base + row * stride, count: columns)
            }
        }
    }

    /// Whether the two views share an address between their first and last float.
    package func overlaps(_ other: MatrixView) -> Bool {
        guard rows > 0, columns > 0, other.rows > 0, other.columns > 0 else { return false }
        let end = base + ((rows - 1) * stride + columns)
        let otherEnd = other.base + ((other.rows - 1) * other.stride + other.columns)
        return base < otherEnd && other.base < end
    }
}
