/// What turns a cross-encoder's raw outputs into scores; none of them changes the order of pairs for one label.
public enum ScoreActivation: String, Sendable, Hashable, CaseIterable {
    /// The raw outputs.
    case identity
    /// Each output into 0...1 by itself: the logistic function.
    case sigmoid
    /// All outputs of a pair into shares that sum to 1.
    case softmax
}
