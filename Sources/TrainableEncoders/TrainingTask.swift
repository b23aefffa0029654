public import ModelFiles

/// What a model is trained to put out.
public enum TrainingTask: String, Sendable, Hashable, CaseIterable {
    /// One embedding for each text, behind the folder's pooling and further modules.
    case dense
    /// One weight for each entry of the vocabulary (SPLADE).
    case sparse
    /// The raw logits of a classification head over the first token.
    case crossEncoder = "cross-encoder"

    /// The task of a model folder that fits.
    public var folderTask: ModelTask {
        switch self {
        case .dense: .dense
        case .sparse: .sparse
        case .crossEncoder: .crossEncoder
        }
    }
}
