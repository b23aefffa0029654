/// How the weights of regularisers grow from nothing to their value.
public struct RegularizerSchedule: Sendable, Hashable {
    /// The form of the growth.
    public enum Shape: String, Sendable, Hashable, CaseIterable {
        /// The whole weight from the first step on.
        case constant
        /// In proportion to the steps that were taken.
        case linear
        /// In proportion to their square.
        case quadratic
        /// In proportion to the square of the step's number, counted from 1: OpenSearch's training of sparse models.
        case opensearch
    }

    /// The form of the growth.
    public var shape: Shape
    /// When the weight has its value: a share of the run's steps when below 1 or equal to it, else a number of steps.
    public var warmup: Double

    /// Makes a schedule; without arguments, the one that sentence-transformers adds to each run with a SPLADE loss.
    public init(_ shape: Shape = .quadratic, warmup: Double = 1.0 / 3.0) {
        precondition(warmup > 0, "a warm-up takes time")
        self.shape = shape
        self.warmup = warmup
    }

    /// What the weight is multiplied by.
    ///
    /// - Parameters:
    ///   - step: steps that were taken before.
    ///   - steps: steps of the whole run.
    public func factor(step: Int, of steps: Int) -> Double {
        let end = max(1, warmup <= 1 ? Int(Double(steps) * warmup) : Int(warmup))
        let share = min(1, Double(step) / Double(end))
        return switch shape {
        case .constant: 1
        case .linear: share
        case .quadratic: share * share
        case .opensearch: min(1, Double((step + 1) * (step + 1)) / (Double(end) * Double(end)))
        }
    }
}
