public import Tensors

/// A linear map with an activation behind the pooling (sentence-transformers' `Dense`), or a pooler (tanh).
public struct Dense: Sendable {
    /// The map.
    public let linear: Linear
    /// The function behind it.
    public let activation: Activation

    /// Packs the parameters.
    public init(_ parameters: LinearParameters, activation: Activation) {
        linear = Linear(parameters)
        self.activation = activation
    }

    /// Takes packed weights of any precision.
    package init(_ linear: Linear, activation: Activation) {
        self.linear = linear
        self.activation = activation
    }

    /// `x` [B][K] to `y` [B][N]; they may not overlap.
    public func forward(_ x: MatrixView, into y: MatrixView, workspace: Workspace) {
        linear.forward(x, activation: activation, into: y, workspace: workspace)
    }
}
