/// How a text, or a pair of texts, is cut to a maximal number of tokens.
public struct Truncation: Sendable, Hashable {
    /// Which text of a pair gives up tokens.
    public enum Strategy: String, Sendable, Hashable, CaseIterable {
        /// The longer text is cut first, as far as needed.
        case longestFirst = "longest_first"
        /// Only the first text is cut; an error if that is not enough.
        case onlyFirst = "only_first"
        /// Only the second text is cut; an error if that is not enough or if there is no second text.
        case onlySecond = "only_second"
    }

    /// The side that tokens are cut from.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// The start of the text is cut off.
        case left
        /// The end of the text is cut off.
        case right
    }

    /// The maximal number of tokens of the result, special tokens included; a negative one fails when text is encoded.
    public var maxLength: Int
    /// Which text of a pair gives up tokens.
    public var strategy: Strategy
    /// How many tokens an overflowing piece repeats from the piece before it; a negative one fails when text is encoded.
    public var stride: Int
    /// The side that tokens are cut from.
    public var direction: Direction
    /// How many tokens of the second text of a pair stay at most, before anything else is cut; nil = all.
    ///
    /// Upstream has no such setting. What is cut off by it alone makes one overflowing piece.
    public var maxPairLength: Int?

    /// Makes truncation settings; those left out are the ones that Hugging Face's `enable_truncation` uses.
    public init(
        maxLength: Int, strategy: Strategy = .longestFirst, stride: Int = 0, direction: Direction = .right,
        maxPairLength: Int? = nil
    ) {
        self.maxLength = maxLength
        self.strategy = strategy
        self.stride = stride
        self.direction = direction
        self.maxPairLength = maxPairLength
    }
}
