public import ModelFiles
import Layers
package import Tensors

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

    /// Network, tokenizer and threads.
    var core: EncoderCore
    private let head: ClassificationHead

    /// Loads a sequence-classification model from a folder, a `.zip` or a weight file with its configuration beside it.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(EncoderError) {
        try self.init(EncoderCore.open(path, for: .crossEncoder), options: options)
    }

    /// Loads a sequence-classification model.
    public init(_ folder: ModelFolder, options: EncoderOptions = EncoderOptions()) throws(EncoderError) {
        let start = ContinuousClock.now
        guard folder.task == .crossEncoder else {
            throw EncoderError(wrongTask: folder, wanted: .crossEncoder, architecture: "ForSequenceClassification")
        }
        if folder.modules.count > 1 {
            throw EncoderError(unsupported: folder.modules[1], of: folder, in: "cross-encoders")
        }
        activation = try ScoreActivation(folder.activation, path: folder.path)
        labels = folder.labels
        let (core, weights, family) = try EncoderCore.load(folder, options: options)
        self.core = core
        head = try family.classificationHead(core.configuration, labels: labels.count, weights)
        maxSequenceLength = core.tokenizer.maximumTokens
        summary = core.summary(weights, options, since: start)
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
        try score(try tokenize(pairs), activation: activation, control: control)
    }

    /// The pairs as the model reads them, in the order given.
    public func tokenize(_ pairs: [TextPair]) throws(EncoderError) -> [TokenSequence] {
        let tokenizer = core.tokenizer
        return try tokenizer.sequences(pairs, on: core.runner.pool) { (pair) throws(EncoderError) in
            try tokenizer.sequence(pair.query, pair: pair.text)
        }
    }

    /// Scores pairs that are tokenised already.
    public func score(
        _ sequences: [TokenSequence], activation: ScoreActivation? = nil, control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [PairScore] {
        let activation = activation ?? self.activation
        return try core.map(sequences, control: control) { (tile, worker, team) throws(EncoderError) in
            zip(tile, try logits(ofTile: tile, on: worker, with: team)).map { sequence, logits in
                PairScore(
                    logits: logits, scores: activation(logits), tokenCount: sequence.count,
                    isTruncated: sequence.isTruncated)
            }
        }
    }

    /// The raw outputs for each sequence of one tile, computed by the calling thread and the team; ids must be in range.
    package func logits(
        ofTile sequences: ArraySlice<TokenSequence>, on worker: Worker, with team: (any Team)? = nil
    ) throws(EncoderError) -> [[Float]] {
        try core.runTile(sequences, rows: .firstTokens, on: worker, with: team) {
            (_, first, workspace) throws(EncoderError) in
            let logits = try self.logits(first, workspace)
            return (0..<logits.rows).map { Array(logits[$0]) }
        }
    }

    /// The outputs of the head for rows of first tokens.
    func logits(_ first: MatrixView, _ workspace: Workspace) throws(EncoderError) -> MatrixView {
        let logits = workspace.matrix(rows: first.rows, columns: head.labels)
        head.forward(first, into: logits, workspace: workspace)
        guard workspace.kernels.allFinite(logits) else { throw EncoderError.notFinite }
        return logits
    }

    /// Why the network cannot look a sequence up; nil if it can.
    package func fault(of sequence: TokenSequence) -> String? { core.fault(of: sequence) }
    /// What makes sequences of pairs and texts.
    package var inputTokenizer: InputTokenizer { core.tokenizer }
    /// What a token costs, next to other models.
    package var multiplicationsPerToken: Double { core.multiplicationsPerToken }
}
