import CKernels

/// Rows of activations in the form in which a product reads them: float32 rows, or what a kernel build made of them.
///
/// A view: it lives as long as the rows or the workspace mark behind it. `Kernels.input(_:for:workspace:)` makes it.
public struct ProductInput: @unchecked Sendable {
    /// M, the number of rows.
    public let rows: Int
    /// K, the number of columns.
    public let columns: Int

    /// What the rows were converted for; nil for float32 rows as they are.
    let precision: MatrixPrecision?
    let operand: ck_operand
    /// The float32 rows, if nothing was converted.
    private let source: MatrixView?

    /// Float32 rows as they are.
    init(_ x: MatrixView) {
        rows = x.rows
        columns = x.columns
        source = x
        precision = nil
        operand = ck_operand(rows: x.base, stride: x.stride * MemoryLayout<Float>.stride, scale: nil, start: nil)
    }

    init(_ operand: ck_operand, for precision: MatrixPrecision, rows: Int, columns: Int) {
        self.precision = precision
        self.rows = rows
        self.columns = columns
        self.operand = operand
        source = nil
    }

    /// Some consecutive rows; O(1).
    public func rows(_ range: Range<Int>) -> ProductInput {
        if let source { return ProductInput(source.rows(range)) }
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        var part = operand
        part.rows = operand.rows + range.lowerBound * operand.stride
        part.scale = operand.scale.map { $0 + range.lowerBound }
        part.start = operand.start.map { $0 + range.lowerBound }
        return ProductInput(part, for: precision ?? .fp32, rows: range.count, columns: columns)
    }

    func overlaps(_ y: MatrixView) -> Bool { source?.overlaps(y) ?? false }
}
