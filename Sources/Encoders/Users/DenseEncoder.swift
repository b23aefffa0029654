/// Turns a text into a vector whose neighbours are texts of like meaning.
///
/// Safe to use from several threads at once. Vectors are bit-identical whatever the other texts of the call, their
/// order, the number of threads and the tile size.
public struct DenseEncoder: Sendable {
    /// What was loaded.
    public let summary: EncoderSummary
    /// The length of the vectors.
    public let dimensions: Int
    /// The longest input in tokens, special tokens included.
    public let maxSequenceLength: Int
    /// Prompts by name, as the folder states them.
    public let prompts: [String: String]
    /// How the vectors are meant to be compared; cosine unless the folder says otherwise.
    public let similarity: Similarity
    /// Whether the model's own pipeline ends in unit vectors.
    public let normalizes: Bool

    /// Loads a sentence-embedding model from a folder, a `.zip` or a weight file with its configuration beside it.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(EncoderError) {
        throw EncoderError(.unsupportedModel, "not built yet", advice: "Wait", path: path)
    }

    /// The vectors of texts.
    ///
    /// - Parameters:
    ///   - texts: any number of texts; those that are too long are cut at the end and reported.
    ///   - prompt: what is put before each text.
    ///   - dimensions: keeps the first so many values (Matryoshka, arXiv:2205.13147); cut first, then normalised.
    ///   - normalize: whether to make unit vectors; nil means as the model does, and after a cut again if it does.
    ///   - control: cancellation and progress.
    /// - Returns: one vector for each text, in the order given.
    public func embed(
        _ texts: [String], prompt: Prompt = .modelDefault, dimensions: Int? = nil, normalize: Bool? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> Embeddings {
        try embed(tokenize(texts, prompt: prompt), dimensions: dimensions, normalize: normalize, control: control)
    }

    /// The texts as the model reads them, in the order given.
    public func tokenize(_ texts: [String], prompt: Prompt = .modelDefault) throws(EncoderError) -> [TokenSequence] {
        []
    }

    /// The vectors of texts that are tokenised already.
    public func embed(
        _ sequences: [TokenSequence], dimensions: Int? = nil, normalize: Bool? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> Embeddings {
        Embeddings(dimensions: 0, values: [], tokenCounts: [], isTruncated: [])
    }

    /// The last hidden state of every token, before pooling.
    public func embedTokens(
        _ sequences: [TokenSequence], control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [TokenEmbeddings] {
        []
    }
}
