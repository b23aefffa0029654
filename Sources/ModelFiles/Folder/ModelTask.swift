/// What a model folder is for.
public enum ModelTask: String, Sendable, Hashable, CaseIterable {
    /// Scores pairs of texts: a sequence classification head over the joined pair.
    case crossEncoder
    /// Embeds texts into dense vectors.
    case dense
    /// Expands texts into weights of vocabulary tokens: a masked language model head with SPLADE pooling, and maybe a static query side.
    case sparse
    /// Only the query side of an inference-free sparse model: a tokenizer and one weight for each token.
    case sparseQuery

    /// What a model for this task is called in messages, without an article: `cross-encoder`, `dense encoder`.
    public var name: String {
        switch self {
        case .crossEncoder: "cross-encoder"
        case .dense: "dense encoder"
        case .sparse: "sparse encoder"
        case .sparseQuery: "sparse query encoder"
        }
    }
}
