import Tensors

/// What a loss applies to logits before it looks at them.
public enum LogitActivation: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case identity
    /// 1 / (1 + e^-x): scores from 0 to 1.
    case sigmoid
}

/// The first logit of each pair, after the activation, and its derivative by the logit.
struct ActivatedLogits {
    let values: [Double]
    private let slopes: [Double]

    init(_ logits: MatrixView, _ activation: LogitActivation) {
        let raw = (0..<logits.rows).map { Double(logits[$0][0]) }
        switch activation {
        case .identity:
            values = raw
            slopes = [Double](repeating: 1, count: raw.count)
        case .sigmoid:
            values = raw.map(LogSumExp.sigmoid)
            slopes = raw.map { LogSumExp.sigmoid($0) * LogSumExp.sigmoid(-$0) }
        }
    }

    /// Writes the gradient from the derivatives by `values`.
    func writeGradient(_ derivatives: [Double], to gradient: MatrixView?) {
        guard let gradient else { return }
        for (row, derivative) in derivatives.enumerated() { gradient[row][0] = Float(derivative * slopes[row]) }
    }
}
