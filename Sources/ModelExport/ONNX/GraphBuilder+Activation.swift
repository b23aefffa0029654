import Tensors

/// The functions between layers, in operators of the set.
extension GraphBuilder {
    /// Applies a function to every element.
    ///
    /// - Returns: nil for a function that no encoder between layers has.
    mutating func activate(_ x: String, _ activation: Activation) -> String? {
        switch activation {
        case .identity: return x
        case .gelu: return gelu(x)
        case .geluTanh:
            let cubed = apply("Pow", x, number(3))
            let inner = apply("Add", x, apply("Mul", cubed, number(0.044715)))
            // The square root of 2 / pi.
            let curve = apply("Tanh", apply("Mul", inner, number(0.797_884_6)))
            return apply("Mul", apply("Mul", x, number(0.5)), apply("Add", curve, number(1)))
        case .clippedGELU: return apply("Clip", gelu(x), number(-10), number(10))
        case .quickGELU: return apply("Mul", x, apply("Sigmoid", apply("Mul", x, number(1.702))))
        case .relu: return apply("Relu", x)
        case .silu: return apply("Mul", x, apply("Sigmoid", x))
        case .tanh: return apply("Tanh", x)
        case .sigmoid: return apply("Sigmoid", x)
        case .reluSquared: return apply("Pow", apply("Relu", x), number(2))
        case .relu6: return apply("Clip", x, number(0), number(6))
        case .leakyReLU: return apply("LeakyRelu", x, with: ("alpha", .float(0.01)))
        case .mish: return apply("Mul", x, apply("Tanh", apply("Softplus", x)))
        case .hardSwish:
            let gate = apply("Clip", apply("Add", x, number(3)), number(0), number(6))
            return apply("Div", apply("Mul", x, gate), number(6))
        case .log1pReLU: return logOnePlus(apply("Relu", x))
        case .log1pLog1pReLU: return logOnePlus(logOnePlus(apply("Relu", x)))
        }
    }

    /// log(1 + x) for x of zero and more.
    mutating func logOnePlus(_ x: String) -> String { apply("Log", apply("Add", x, number(1))) }

    /// x * Phi(x), written as runtimes know to fuse it.
    private mutating func gelu(_ x: String) -> String {
        let error = apply("Erf", apply("Div", x, number(1.414_213_5)))
        return apply("Mul", apply("Mul", x, apply("Add", error, number(1))), number(0.5))
    }
}
