public import Tensors

extension Activation {
    /// The function that a model file names: `hidden_act` of transformers, or the class of a PyTorch module as
    /// sentence-transformers writes it (`torch.nn.modules.activation.Tanh`).
    ///
    /// Nil for a name that is not supported.
    ///
    /// Source: `ACT2FN` in transformers' `activations.py`. Not supported: functions with learned or random parameters
    /// (prelu, xielu, laplace, ...), which no encoder uses.
    public init?(named name: String) {
        switch name {
        case "gelu", "gelu_python": self = .gelu
        case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_accurate": self = .geluTanh
        case "gelu_10": self = .clippedGELU
        case "quick_gelu": self = .quickGELU
        case "relu": self = .relu
        case "relu2": self = .reluSquared
        case "relu6": self = .relu6
        case "leaky_relu": self = .leakyReLU
        case "silu", "swish": self = .silu
        case "hardswish": self = .hardSwish
        case "mish": self = .mish
        case "tanh": self = .tanh
        case "sigmoid": self = .sigmoid
        case "linear", "identity", "": self = .identity
        default:
            // A dotted class name: the last part decides.
            guard let dot = name.lastIndex(of: ".") else { return nil }
            switch name[name.index(after: dot)...] {
            case "Identity": self = .identity
            case "Tanh": self = .tanh
            case "Sigmoid": self = .sigmoid
            case "ReLU": self = .relu
            case "ReLU6": self = .relu6
            case "LeakyReLU": self = .leakyReLU
            case "GELU", "GELUActivation": self = .gelu
            case "GELUTanh", "NewGELUActivation", "FastGELUActivation": self = .geluTanh
            case "QuickGELUActivation": self = .quickGELU
            case "SiLU", "SiLUActivation": self = .silu
            case "Hardswish": self = .hardSwish
            case "Mish", "MishActivation": self = .mish
            default: return nil
            }
        }
    }
}
