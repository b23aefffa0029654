import ModelFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What turns a cross-encoder's raw outputs into scores; none of them changes the order of pairs for one label.
public enum ScoreActivation: String, Sendable, Hashable, CaseIterable {
    /// The raw outputs.
    case identity
    /// Each output into 0...1 by itself: the logistic function.
    case sigmoid
    /// All outputs of a pair into shares that sum to 1.
    case softmax

    /// The scores of one pair's logits.
    public func callAsFunction(_ logits: [Float]) -> [Float] {
        switch self {
        case .identity: return logits
        case .sigmoid: return logits.map { Float(1 / (1 + exp(-Double($0)))) }
        case .softmax:
            let largest = Double(logits.max() ?? 0)
            let powers = logits.map { exp(Double($0) - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { Float($0 / sum) }
        }
    }

    /// The activation that a folder names.
    init(_ activation: ModelActivation, path: String) throws(EncoderError) {
        switch activation {
        case .identity: self = .identity
        case .sigmoid: self = .sigmoid
        case .softmax: self = .softmax
        default:
            throw EncoderError(
                .unsupportedModel, "the score activation \(activation.name) is not built in",
                advice: "Use one of: \(Self.allCases.map(\.rawValue).joined(separator: ", "))", path: path,
                field: "activation_fn")
        }
    }
}
