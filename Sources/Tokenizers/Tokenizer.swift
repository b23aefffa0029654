/// Turns text into the ids that a model was trained with, and back, exactly as Hugging Face `tokenizers` does.
///
/// A tokenizer is immutable apart from its ``truncation`` and may be used by many threads at once.
public struct Tokenizer: Sendable {
    let model: any SubwordModel
    let decoder: (any TokenDecoder)?

    /// How results are cut to a maximal number of tokens; nil = not at all.
    public var truncation: Truncation?

    package init(model: any SubwordModel, decoder: (any TokenDecoder)?) {
        self.model = model
        self.decoder = decoder
    }

    /// Reads the tokenizer of a model folder.
    ///
    /// Taken is `tokenizer.json`, else `vocab.txt` with `tokenizer_config.json` (the BERT family), else `vocab.json`
    /// with `merges.txt` (the GPT-2 and RoBERTa families).
    public init(folder: String) throws(TokenizerError) {
        throw TokenizerError(.unreadableFile, "not available yet", file: folder)
    }

    /// Encodes a text or a pair of texts.
    ///
    /// - Throws: `TokenizerError` with code `truncation` if the strategy cannot reach the maximal length, with code
    ///   `missingUnknownToken` if the vocabulary has no unknown token and needs one.
    /// - Complexity: O(bytes) for WordPiece; see the model for others.
    public func encode(_ text: String, pair: String? = nil, addSpecialTokens: Bool = true) throws(TokenizerError)
        -> Encoding
    {
        Encoding()
    }

    /// Encodes UTF-8 bytes; ill-formed sequences read as U+FFFD, one for each maximal subpart.
    public func encode(
        utf8: UnsafeBufferPointer<UInt8>, pair: UnsafeBufferPointer<UInt8>? = nil, addSpecialTokens: Bool = true
    ) throws(TokenizerError) -> Encoding {
        Encoding()
    }

    /// Turns ids back into text.
    ///
    /// Ids that are not in the vocabulary are left out, as upstream does.
    public func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) -> String {
        let tokens = ids.compactMap { model.token(of: $0) }
        return decoder?.decodeChain(tokens).joined() ?? tokens.joined(separator: " ")
    }

    /// The token with an id, as the vocabulary writes it.
    public func token(of id: Int32) -> String? { model.token(of: id) }

    /// The id of a token, written as in the vocabulary.
    public func id(of token: String) -> Int32? { model.id(of: token) }

    /// The number of tokens, added tokens included.
    public var vocabularySize: Int { model.vocabularySize }
}
