/// Texts whose tokens are asked for.
public struct TokenizeRequest: Sendable {
    /// The model's name or alias; nil means the first ready model.
    public var model: String?
    /// The texts.
    public var texts: [String]
    /// Whether the tokenizer's special tokens are added.
    public var addsSpecialTokens = true
    /// The prompt that is put before each text, by name; nil means none.
    public var promptName: String?

    /// A request.
    public init(model: String? = nil, texts: [String]) {
        self.model = model
        self.texts = texts
    }
}

/// One token of a text of which nothing is cut.
public struct TextToken: Sendable, Hashable {
    /// The vocabulary id.
    public var id: Int32
    /// The token as the vocabulary writes it.
    public var text: String
    /// The part of the text that it stands for, prompt included; of special tokens, what `text` is.
    public var source: String
    /// Whether the tokenizer added it.
    public var isSpecial: Bool
    /// Where it lies in the text (prompt included), in Unicode scalars; nil for special tokens.
    public var range: Range<Int>?
}
