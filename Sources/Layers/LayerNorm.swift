public import Tensors

/// Layer normalisation over the columns of each row: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
///
/// Source: Ba, Kiros, Hinton, "Layer Normalization", arXiv:1607.06450.
public struct LayerNorm: Sendable {
    /// [H] scale, `weight` in PyTorch.
    public let gamma: FloatBuffer
    /// [H] shift, `bias` in PyTorch.
    public let beta: FloatBuffer
    /// Added to the variance.
    public let epsilon: Float

    /// Gamma and beta of equal length.
    public init(gamma: [Float], beta: [Float], epsilon: Float) {
        precondition(gamma.count == beta.count, "gamma has \(gamma.count) values, beta \(beta.count)")
        self.gamma = FloatBuffer(gamma)
        self.beta = FloatBuffer(beta)
        self.epsilon = epsilon
    }

    /// Normalises the rows of `x` [M][H], after adding `residual` if there is one, into `y`, which may be `x`.
    public func forward(
        _ x: MatrixView, adding residual: MatrixView? = nil, into y: MatrixView, workspace: Workspace
    ) {
        workspace.kernels.layerNorm(x, adding: residual, gamma: gamma, beta: beta, epsilon: epsilon, into: y)
    }
    /// Normalises the rows of `x` [M][H] in place; gives them as products with `weight` read them, made in the same pass.
    func forward(_ x: MatrixView, inputFor weight: PackedMatrix, workspace: Workspace) -> ProductInput {
        workspace.kernels.layerNorm(
            x, gamma: gamma, beta: beta, epsilon: epsilon, into: x, inputFor: weight, workspace: workspace)
    }
}
