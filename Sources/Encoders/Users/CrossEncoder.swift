/// Scores a query and a text together: the precise and costly way to rank.
///
/// Safe to use from several threads at once. Scores are bit-identical whatever the other pairs of the call, their
/// order, the number of threads and the tile size.
public struct CrossEncoder: Sendable {
    /// What was loaded.
    public let summary: EncoderSummary
    /// The names of the outputs, in order; one for a reranker.
    public let labels: [String]
    /// The activation that the model's files ask for.
    ///
    /// As sentence-transformers decides: the configuration's own, else sigmoid for one label and identity for several.
    public let activation: ScoreActivation
    /// The longest input in tokens, special tokens included.
    public let maxSequenceLength: Int

    /// Loads a sequence-classification model from a folder, a `.zip` or a weight file with its configuration beside it.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(EncoderError) {
        throw EncoderError(.unsupportedModel, "not built yet", advice: "Wait", path: path)
    }

    /// Scores pairs.
    ///
    /// - Parameters:
    ///   - pairs: any number of pairs; texts that are too long are cut (longest first) and reported.
    ///   - activation: nil means the model's own.
    ///   - control: cancellation and progress.
    /// - Returns: one score for each pair, in the order given.
    public func score(
        _ pairs: [TextPair], activation: ScoreActivation? = nil, control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [PairScore] {
        try score(tokenize(pairs), activation: activation, control: control)
    }

    /// The pairs as the model reads them, in the order given.
    public func tokenize(_ pairs: [TextPair]) -> [TokenSequence] {
        []
    }

    /// Scores pairs that are tokenised already.
    public func score(
        _ sequences: [TokenSequence], activation: ScoreActivation? = nil, control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [PairScore] {
        []
    }
}
