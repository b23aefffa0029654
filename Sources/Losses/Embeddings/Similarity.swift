/// How alike two vectors are, for losses that compare all pairs of a batch.
public enum Similarity: String, Sendable, Hashable, CaseIterable {
    /// The cosine of the angle between them; a vector shorter than 1e-12 counts as that long, as PyTorch's `normalize` has it.
    case cosine
    /// Their scalar product.
    case dot
}
