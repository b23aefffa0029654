/// A function that a folder names to be applied to scores or to the output of a Dense module.
public enum ModelActivation: Sendable, Hashable {
    /// Nothing: raw logits.
    case identity
    /// The logistic function.
    case sigmoid
    /// The hyperbolic tangent.
    case tanh
    /// max(0, x)
    case relu
    /// x times the normal distribution function, exact.
    case gelu
    /// x * sigmoid(x)
    case silu
    /// Normalised exponentials over the outputs.
    case softmax
    /// Another function, under the name that the folder gives.
    case other(String)

    /// The function of a Python class, as sentence-transformers writes it: `torch.nn.modules.activation.Tanh`, with old and new
    /// module paths alike.
    ///
    /// Only classes of `torch` are taken by their last name, as there.
    public init(pythonPath path: String) {
        guard path.hasPrefix("torch."), let name = path.split(separator: ".").last else {
            self = .other(path)
            return
        }
        switch name {
        case "Identity": self = .identity
        case "Sigmoid": self = .sigmoid
        case "Tanh": self = .tanh
        case "ReLU": self = .relu
        case "GELU": self = .gelu
        case "SiLU": self = .silu
        case "Softmax": self = .softmax
        default: self = .other(path)
        }
    }

    /// A short name for people.
    public var name: String {
        switch self {
        case .identity: "identity"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        case .relu: "relu"
        case .gelu: "gelu"
        case .silu: "silu"
        case .softmax: "softmax"
        case .other(let path): path
        }
    }
}
