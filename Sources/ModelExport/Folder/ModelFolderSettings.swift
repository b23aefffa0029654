public import ModelFiles

/// What a written folder says differently from its source; `nil` keeps what the source says.
public struct ModelFolderSettings: Sendable {
    /// How many tokens of an input count, special tokens included.
    public var maxSequenceLength: Int?
    /// Texts that are put before inputs, by name.
    public var prompts: [String: String]?
    /// The name of the prompt that is used when none is asked for, if ``prompts`` are given.
    public var defaultPromptName: String?
    /// How embeddings are compared: `cosine`, `dot`, `euclidean` or `manhattan`.
    public var similarity: String?
    /// How a dense encoder pools its tokens; several results are concatenated.
    ///
    /// Dense modules of the source must still fit.
    public var poolingModes: [ModelModule.PoolingMode]?
    /// Whether a dense encoder ends by dividing by the Euclidean norm.
    public var normalizes: Bool?
    /// How a sparse encoder pools the logits of its tokens.
    public var spladePooling: ModelModule.SpladePooling?
    /// The weight of each token of a query, by token id, as many as the vocabulary has.
    ///
    /// They make a sparse encoder inference-free, or replace its weights if it is so already.
    public var queryTokenWeights: [Float]?
    /// The labels of a cross-encoder, in order; one label means a score.
    public var labels: [String]?
    /// What a cross-encoder applies to its logits by default.
    public var activation: ModelActivation?

    /// Settings that change nothing.
    public init() {}
}
