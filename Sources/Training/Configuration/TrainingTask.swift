/// What a model is trained for.
public enum TrainingTask: String, Sendable, Hashable, CaseIterable {
    /// Vectors whose neighbours are texts of like meaning.
    case dense
    /// Learned weights of vocabulary entries.
    case sparse
    /// Scores of pairs.
    case crossEncoder = "cross-encoder"
}
