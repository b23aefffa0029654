import Tensors

/// The arithmetic in which a model's matrix products run.
///
/// Embeddings, norms, softmax, heads and everything between products are float32 in all of them.
public enum Precision: String, Sendable, Hashable, CaseIterable {
    /// int8 if the folder records that its quantised weights pass their bar for this task and the CPU gains from them; else
    /// bf16, or fp32 on CPUs without vector kernels.
    case auto
    /// 8-bit integers with one scale for each row and each output.
    case int8
    /// 16-bit brain floating point weights, 32-bit sums.
    case bf16
    /// 32-bit floating point: the reference.
    case fp32
}

extension Precision {
    /// What a loaded model runs in.
    init(_ matrices: MatrixPrecision) {
        switch matrices {
        case .fp32: self = .fp32
        case .bf16: self = .bf16
        case .int8: self = .int8
        }
    }
}
