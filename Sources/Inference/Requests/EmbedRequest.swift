public import Encoders

/// A text, or what a client's own tokenizer made of it.
public enum TextOrTokens: Sendable, Hashable {
    /// A text; prompts are put before it.
    case text(String)
    /// Token ids, special tokens included as the client wants them; taken as they are.
    case tokens([Int32])
}

/// Texts for a dense encoder.
public struct EmbedRequest: Sendable {
    /// The model's name or alias; nil means the first ready dense encoder.
    public var model: String?
    /// What to embed.
    public var inputs: [TextOrTokens]
    /// What is put before each text.
    public var prompt: Prompt = .modelDefault
    /// Keeps the first so many values: cut first, then normalised.
    public var dimensions: Int?
    /// Whether to make unit vectors; nil means as the model does.
    public var normalize: Bool?
    /// What happens to long texts; `.chunk` is not for embeddings and cuts as `.truncate` does.
    public var longTexts: LongTextPolicy?
    /// The side that long texts are cut from.
    public var truncationSide: TruncationSide = .right

    /// A request.
    public init(model: String? = nil, inputs: [TextOrTokens]) {
        self.model = model
        self.inputs = inputs
    }
}

/// The answer to an ``EmbedRequest``.
public struct EmbedResult: Sendable, Hashable {
    /// The name of the model that answered.
    public var model: String
    /// One vector for each input, in their order.
    public var embeddings: TextEmbeddings
    /// Where the time went.
    public var timing: InferenceTiming
}

/// The answer to an ``EmbedRequest`` for the vectors of all tokens.
public struct TokenEmbedResult: Sendable, Hashable {
    /// The name of the model that answered.
    public var model: String
    /// One for each input, in their order.
    public var embeddings: [TokenEmbeddings]
    /// Where the time went.
    public var timing: InferenceTiming
}

/// Texts for a sparse encoder.
public struct SparseRequest: Sendable {
    /// The model's name or alias; nil means the first ready sparse encoder.
    public var model: String?
    /// What to expand.
    public var inputs: [TextOrTokens]
    /// Whether the texts are queries or documents.
    public var role: SparseRole = .document
    /// Keeps only so many of the heaviest entries.
    public var maximumActive: Int?
    /// What happens to long texts; `.chunk` cuts as `.truncate` does.
    public var longTexts: LongTextPolicy?
    /// The side that long texts are cut from.
    public var truncationSide: TruncationSide = .right

    /// A request.
    public init(model: String? = nil, inputs: [TextOrTokens]) {
        self.model = model
        self.inputs = inputs
    }
}

/// The answer to a ``SparseRequest``.
public struct SparseResult: Sendable, Hashable {
    /// The name of the model that answered.
    public var model: String
    /// One vector for each input, in their order.
    public var vectors: [SparseVector]
    /// Where the time went.
    public var timing: InferenceTiming
}
