import CKernels

/// An element-wise function between layers.
///
/// Accuracy of all vector builds: a few units in the last place of float32. NaN stays NaN.
public enum Activation: UInt32, Sendable, Hashable, CaseIterable {
    /// x
    case identity = 0
    /// x * Phi(x), with the error function (BERT's "gelu").
    case gelu = 1
    /// GELU with the tanh approximation ("gelu_new", "gelu_pytorch_tanh").
    case geluTanh = 2
    /// x * sigmoid(1.702 x)
    case quickGELU = 3
    /// max(x, 0)
    case relu = 4
    /// x * sigmoid(x), also called swish.
    case silu = 5
    /// Hyperbolic tangent.
    case tanh = 6
    /// 1 / (1 + e^-x)
    case sigmoid = 7
    /// max(x, 0)^2
    case reluSquared = 8
    /// min(max(x, 0), 6)
    case relu6 = 9
    /// x, or 0.01 x below zero.
    case leakyReLU = 10
    /// x * tanh(log(1 + e^x))
    case mish = 11
    /// GELU limited to -10...10.
    case clippedGELU = 12
    /// log(1 + max(x, 0)), SPLADE's saturation.
    case log1pReLU = 13
    /// log(1 + log(1 + max(x, 0))).
    case log1pLog1pReLU = 14
    /// x * min(max(x + 3, 0), 6) / 6
    case hardSwish = 15

    var kernel: ck_activation { ck_activation(rawValue: rawValue) }
}
