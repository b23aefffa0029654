/// Turns a text into weighted vocabulary entries (SPLADE, arXiv:2107.05720), also words that the text does not hold.
///
/// Safe to use from several threads at once. Vectors are bit-identical whatever the other texts of the call, their
/// order, the number of threads and the tile size.
public struct SparseEncoder: Sendable {
    /// What was loaded.
    public let summary: EncoderSummary
    /// The number of vocabulary entries: the length of the vectors if they were dense.
    public let vocabularySize: Int
    /// The longest input in tokens, special tokens included.
    public let maxSequenceLength: Int
    /// Whether queries are weighed by a table and run no network.
    public let isInferenceFreeForQueries: Bool

    /// Loads a sparse encoder from a folder, a `.zip` or a weight file with its configuration beside it.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(EncoderError) {
        throw EncoderError(.unsupportedModel, "not built yet", advice: "Wait", path: path)
    }

    /// The sparse vectors of texts.
    ///
    /// - Parameters:
    ///   - texts: any number of texts; those that are too long are cut at the end and reported.
    ///   - role: whether the texts are queries or documents; models without a router treat both alike.
    ///   - maximumActive: keeps only so many of the heaviest entries; nil keeps all.
    ///   - control: cancellation and progress.
    /// - Returns: one vector for each text, in the order given.
    public func encode(
        _ texts: [String], as role: SparseRole, maximumActive: Int? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [SparseVector] {
        try encode(tokenize(texts, as: role), as: role, maximumActive: maximumActive, control: control)
    }

    /// The texts as the model reads them, in the order given.
    public func tokenize(_ texts: [String], as role: SparseRole) -> [TokenSequence] {
        []
    }

    /// The sparse vectors of texts that are tokenised already.
    public func encode(
        _ sequences: [TokenSequence], as role: SparseRole, maximumActive: Int? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [SparseVector] {
        []
    }

    /// The vocabulary entry of an id, as the tokenizer writes it (`##ing`, `▁word`); nil if there is none.
    public func token(of id: Int32) -> String? {
        nil
    }
}
