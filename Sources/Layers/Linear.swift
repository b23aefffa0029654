public import Tensors

/// A linear map with bias and an element-wise function: `y = activation(x W^T + b + residual)`.
public struct Linear: Sendable {
    /// [N][K] and [N].
    public let weight: PackedMatrix

    /// Packs the parameters: O(N K).
    public init(_ parameters: LinearParameters) {
        weight = PackedMatrix(
            weight: parameters.weight, bias: parameters.bias, outputs: parameters.outputs, inputs: parameters.inputs)
    }

    /// Takes packed weights of any precision.
    package init(weight: PackedMatrix) {
        self.weight = weight
    }

    /// N, the number of outputs.
    public var outputs: Int { weight.outputs }
    /// K, the number of inputs.
    public var inputs: Int { weight.inputs }

    /// Computes all rows of `x` [M][K] into `y` [M][N]; 2 M N K operations.
    ///
    /// `residual` [M][N] is added before the activation and may be `y`; `y` may not overlap `x`.
    public func forward(
        _ x: MatrixView, activation: Activation = .identity, adding residual: MatrixView? = nil, into y: MatrixView,
        workspace: Workspace
    ) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let input = workspace.kernels.input(x, for: weight, workspace: workspace)
        workspace.kernels.multiply(input, weight, activation: activation, adding: residual, into: y)
    }
}
