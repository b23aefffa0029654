import ModelFiles

/// What callers ask of an engine, as it is called in metrics.
package enum InferenceTask: String, Sendable, Hashable, CaseIterable {
    case score
    case embed
    case embedTokens = "embed_tokens"
    case encodeSparse = "encode_sparse"
    case tokenize
    case decode

    /// Whether a kind of model can do it.
    func fits(_ kind: ModelTask) -> Bool {
        switch self {
        case .score: kind == .crossEncoder
        case .embed, .embedTokens: kind == .dense
        case .encodeSparse: kind == .sparse || kind == .sparseQuery
        case .tokenize, .decode: true
        }
    }

    /// What a model does, in a sentence.
    var verb: String {
        switch self {
        case .score: "score texts"
        case .embed, .embedTokens: "embed texts"
        case .encodeSparse: "make sparse vectors"
        case .tokenize: "tokenize texts"
        case .decode: "decode token ids"
        }
    }
}
