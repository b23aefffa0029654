import CKernels

/// Vectors of a field in memory, row by row, with what searching derives from them.
///
/// The memory belongs to someone else.
struct VectorRows: @unchecked Sendable {
    let field: VectorField
    let count: Int
    /// [count][field.rowSize]; `nil` while only codes are at hand.
    var values: UnsafeRawPointer?
    /// [count][field.codeSize] rounded values, for ``VectorField/hasCodes``.
    var codes: UnsafePointer<UInt8>?
    /// [count] what one step of a row's codes is worth; under cosinesimil divided by the row's norm.
    var scales: UnsafePointer<Float>?
    /// [count] Euclidean norm of what rounding took, rounded up; under cosinesimil divided by the row's norm.
    var errors: UnsafePointer<Float>?
    /// [count] Euclidean norms, for all but binary fields.
    var norms: UnsafePointer<Float>?
    /// No norm is larger.
    var largestNorm: Float = 0

    func value(_ row: Int) -> UnsafeRawPointer? { values.map { $0 + row * field.rowSize } }
}
