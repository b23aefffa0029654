public import Encoders
public import ModelFiles

/// What is to be served under which name.
public struct ModelDeclaration: Sendable, Hashable {
    /// What requests call it.
    public var name: String
    /// Other names that requests may use.
    public var aliases: [String]
    /// The kind; `.sparseQuery` counts as `.sparse`.
    public var task: ModelTask
    /// The folder, archive or weight file.
    public var path: String
    /// The arithmetic.
    public var precision: Precision
    /// Tokens of a text at most; nil means as the model's files say.
    public var maxSequenceLength: Int?
    /// Bytes of the score cache of a cross-encoder; 0 means none.
    public var cacheBytes: Int
    /// What happens to long texts; nil means as the engine's settings say.
    public var longTexts: LongTextPolicy?
    /// Whether listings show the model and requests without a name may get it; another one is for whoever declared it and knows who may use it.
    public var isListed: Bool

    /// A declaration.
    public init(
        name: String, aliases: [String] = [], task: ModelTask, path: String, precision: Precision = .fp32,
        maxSequenceLength: Int? = nil, cacheBytes: Int = 64 << 20, longTexts: LongTextPolicy? = nil,
        isListed: Bool = true
    ) {
        self.name = name
        self.aliases = aliases
        self.task = task
        self.path = path
        self.precision = precision
        self.maxSequenceLength = maxSequenceLength
        self.cacheBytes = cacheBytes
        self.longTexts = longTexts
        self.isListed = isListed
    }
}

/// A model of an engine as listings and `/info` show it.
public struct ModelStatus: Sendable, Hashable {
    /// How far a model is.
    public enum State: Sendable, Hashable {
        /// Its files are being fetched or read.
        case loading
        /// It answers.
        case ready
        /// It will not answer; the reason.
        case failed(String)
    }

    /// What was asked for.
    public var declaration: ModelDeclaration
    /// How far it is.
    public var state: State
    /// Facts of the loaded model; nil until it is ready.
    public var facts: ModelFacts?
}

/// What a loaded model is.
public struct ModelFacts: Sendable, Hashable {
    /// Architecture, sizes, load time.
    public var summary: EncoderSummary
    /// The longest input in tokens, special tokens included.
    public var maxSequenceLength: Int
    /// The names of a cross-encoder's outputs, in order; empty for other kinds.
    public var labels: [String]
    /// A cross-encoder's own activation.
    public var activation: ScoreActivation?
    /// The length of a dense encoder's vectors; the vocabulary size of a sparse encoder.
    public var dimensions: Int?
    /// The names of the prompts that the model's files state, sorted.
    public var promptNames: [String]
    /// Seconds since 1970 at which the model became ready.
    public var readySince: Int
    /// SHA-like identity of the files if the folder tells (a hub snapshot's commit); nil otherwise.
    public var revision: String?
}
