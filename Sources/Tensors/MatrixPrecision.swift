import CKernels

/// The arithmetic of a matrix product.
public enum MatrixPrecision: UInt32, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Float32 weights, inputs and sums.
    case fp32 = 0
    /// Weights rounded to bfloat16, float32 sums; inputs rounded too where the CPU multiplies bfloat16.
    case bf16 = 1
    /// Int8 weights with a scale for each output, int8 inputs with a scale for each row, exact int32 sums.
    case int8 = 2

    /// The name that settings and files use.
    public var description: String {
        switch self {
        case .fp32: "fp32"
        case .bf16: "bf16"
        case .int8: "int8"
        }
    }

    var kernel: ck_precision { ck_precision(rawValue: rawValue) }
}
