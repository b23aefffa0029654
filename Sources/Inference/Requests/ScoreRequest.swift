public import Encoders

/// Pairs, or single texts, for a cross-encoder.
public struct ScoreRequest: Sendable {
    /// One thing to score.
    public struct Input: Sendable, Hashable {
        /// The query, or the only text.
        public var first: String
        /// The text; nil for models that classify single texts.
        public var second: String?

        /// An input.
        public init(_ first: String, _ second: String? = nil) {
            self.first = first
            self.second = second
        }
    }

    /// The model's name or alias; nil means the first ready cross-encoder.
    public var model: String?
    /// What to score.
    public var inputs: [Input]
    /// What makes scores of logits; nil means the model's own activation.
    public var activation: ScoreActivation?
    /// What happens to long texts; nil means as the model's declaration or the engine's settings say.
    public var longTexts: LongTextPolicy?
    /// The side that long texts are cut from.
    public var truncationSide: TruncationSide = .right
    /// Cuts each second text to so many tokens before anything else (Cohere's `max_tokens_per_doc`).
    public var maximumTextTokens: Int?
    /// Whether results may come from, and go to, the cache.
    public var usesCache = true

    /// A request.
    public init(model: String? = nil, inputs: [Input]) {
        self.model = model
        self.inputs = inputs
    }

    /// One query with many texts.
    public init(model: String? = nil, query: String, texts: [String]) {
        self.init(model: model, inputs: texts.map { Input(query, $0) })
    }
}

/// The side of a text that is cut off.
public enum TruncationSide: String, Sendable, Hashable, CaseIterable {
    /// The beginning goes.
    case left
    /// The end goes.
    case right
}

/// What a cross-encoder says about one input.
public struct TextScore: Sendable, Hashable {
    /// The classifier's raw outputs, one for each label; those of the best window.
    public var logits: [Float]
    /// The outputs after the activation.
    public var scores: [Float]
    /// Tokens that were computed for it, windows and special tokens included.
    public var tokenCount: Int
    /// Whether a part of the text was not read.
    public var isTruncated: Bool
    /// The best window, counted from 0, of texts that were cut into several.
    public var window: Int?
    /// How many windows there were.
    public var windowCount = 1
    /// Whether the logits came from the cache.
    public var isCached = false

    /// The first label's raw output: sort by it, it has no ties where the activation saturates.
    public var logit: Float { logits[0] }
    /// The first label's score.
    public var score: Float { scores[0] }
}

/// The answer to a ``ScoreRequest``.
public struct ScoreResult: Sendable, Hashable {
    /// The name of the model that answered.
    public var model: String
    /// The names of its outputs.
    public var labels: [String]
    /// The activation that made the scores.
    public var activation: ScoreActivation
    /// One for each input, in their order.
    public var scores: [TextScore]
    /// Where the time went.
    public var timing: InferenceTiming
}

/// Where the time of a request went.
public struct InferenceTiming: Sendable, Hashable {
    /// From the first text being read to the last.
    public var tokenization: Duration = .zero
    /// Waiting: for the first text to be read, and from there to the first tile.
    public var queue: Duration = .zero
    /// From the first tile to the last result.
    public var inference: Duration = .zero
    /// From the call to its return.
    public var total: Duration = .zero
    /// Tokens that were computed, special ones included; without those of cached results.
    public var tokenCount = 0
    /// Unicode scalars of the texts.
    public var characterCount = 0

    /// No time.
    public init() {}
}
