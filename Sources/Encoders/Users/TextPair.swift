/// A query and a text whose relevance to it is asked.
public struct TextPair: Sendable, Hashable {
    /// What the user looks for.
    public var query: String
    /// What was found.
    public var text: String

    /// A pair to score.
    public init(_ query: String, _ text: String) {
        self.query = query
        self.text = text
    }
}

/// What a cross-encoder says about one pair.
public struct PairScore: Sendable, Hashable {
    /// The classifier's raw outputs, one for each label; rerankers have one.
    public let logits: [Float]
    /// The outputs after the activation, one for each label.
    public let scores: [Float]
    /// Tokens of the pair, special tokens included.
    public let tokenCount: Int
    /// Whether the pair was longer than the model can read.
    public let isTruncated: Bool

    /// The first label's raw output: what a reranker sorts by, higher is better.
    public var logit: Float { logits[0] }
    /// The first label's output after the activation.
    public var score: Float { scores[0] }
}
