import Layers
public import ModelFiles
package import Tensors

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
    /// The prompt that is used when none is asked for.
    public let defaultPromptName: String?
    /// How the vectors are meant to be compared; cosine unless the folder says otherwise.
    public let similarity: Similarity
    /// Whether the model's own pipeline ends in unit vectors.
    public let normalizes: Bool

    /// Network, tokenizer and threads.
    var core: EncoderCore
    private let pipeline: DensePipeline

    /// Loads a sentence-embedding model from a folder, a `.zip` or a weight file with its configuration beside it.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(EncoderError) {
        try self.init(EncoderCore.open(path, for: .dense), options: options)
    }

    /// Loads a sentence-embedding model.
    ///
    /// - Parameter pooling: pools otherwise than the folder says. With it, a reranker's folder is taken as well, whose
    ///   token vectors were never trained to be pooled.
    /// - Throws: ``EncoderError``; ``EncoderError/Code/wrongTask`` also for a folder without `modules.json` whose
    ///   architecture ends in `ForSequenceClassification`, unless `pooling` is given: sentence-transformers would take
    ///   the mean of its token vectors, which means nothing.
    public init(
        _ folder: ModelFolder, options: EncoderOptions = EncoderOptions(), pooling: [ModelModule.PoolingMode]? = nil
    ) throws(EncoderError) {
        let start = ContinuousClock.now
        guard folder.task == .dense else {
            throw EncoderError(wrongTask: folder, wanted: .dense, architecture: "Model")
        }
        if pooling == nil, folder.layout == .huggingFace,
            folder.architectures.contains(where: { $0.hasSuffix("ForSequenceClassification") })
        {
            throw EncoderError(wrongTask: folder, is: .crossEncoder, wanted: .dense, architecture: "Model")
        }
        let (core, weights, _) = try EncoderCore.load(folder, options: options)
        self.core = core
        pipeline = try DensePipeline(folder, hiddenSize: core.configuration.hiddenSize, pooling: pooling)
        dimensions = pipeline.dimensions
        normalizes = pipeline.normalizes
        maxSequenceLength = core.tokenizer.maximumTokens
        prompts = folder.prompts
        defaultPromptName = folder.defaultPromptName
        guard let similarity = Similarity(rawValue: folder.similarity ?? "cosine") else {
            throw EncoderError(
                .unsupportedModel, "the similarity \"\(folder.similarity ?? "")\" is not built in",
                advice: "Use one of: \(Similarity.allCases.map(\.rawValue).joined(separator: ", "))",
                path: folder.path(of: "config_sentence_transformers.json"), field: "similarity_fn_name")
        }
        self.similarity = similarity
        summary = core.summary(weights, options, since: start)
    }

    /// The vectors of texts.
    ///
    /// - Parameters:
    ///   - texts: any number of texts; those that are too long are cut at the end and reported.
    ///   - prompt: what is put before each text.
    ///   - dimensions: keeps the first so many values (Matryoshka, arXiv:2205.13147); cut first, then normalised.
    ///   - normalize: whether to make unit vectors; nil means as the model does, after a cut again.
    ///   - control: cancellation and progress.
    /// - Returns: one vector for each text, in the order given.
    public func embed(
        _ texts: [String], prompt: Prompt = .modelDefault, dimensions: Int? = nil, normalize: Bool? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> TextEmbeddings {
        try embed(try tokenize(texts, prompt: prompt), dimensions: dimensions, normalize: normalize, control: control)
    }

    /// The texts as the model reads them, in the order given.
    public func tokenize(_ texts: [String], prompt: Prompt = .modelDefault) throws(EncoderError) -> [TokenSequence] {
        let prefix = try prefix(prompt)
        let tokenizer = core.tokenizer
        return try tokenizer.sequences(texts, on: core.runner.pool) { (text) throws(EncoderError) in
            try tokenizer.sequence(text, after: prefix)
        }
    }

    /// The vectors of texts that are tokenised already.
    public func embed(
        _ sequences: [TokenSequence], dimensions: Int? = nil, normalize: Bool? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> TextEmbeddings {
        let shape = try shape(dimensions: dimensions, normalize: normalize)
        let vectors = try core.map(sequences, control: control) { (tile, worker, team) throws(EncoderError) in
            try self.vectors(ofTile: tile, Array(repeating: shape, count: tile.count), on: worker, with: team)
        }
        return TextEmbeddings(dimensions: shape.dimensions, vectors: vectors, of: sequences)
    }

    /// How vectors leave the model: cut to a length, made unit vectors or not.
    package struct VectorShape: Sendable, Hashable {
        package let dimensions: Int
        package let isNormalized: Bool
    }

    /// The shape that a caller asked for.
    ///
    /// - Throws: ``EncoderError/Code/badRequest`` for more dimensions than the model has.
    package func shape(dimensions: Int?, normalize: Bool?) throws(EncoderError) -> VectorShape {
        let size = dimensions ?? self.dimensions
        guard size >= 1, size <= self.dimensions else {
            throw EncoderError(
                .badRequest, "vectors of \(size) values were asked for; the model has \(self.dimensions)",
                advice: "Ask for 1 to \(self.dimensions) dimensions")
        }
        return VectorShape(dimensions: size, isNormalized: normalize ?? normalizes)
    }

    /// The vector of each sequence of one tile in its own shape, computed by the calling thread and the team; ids must be in
    /// range.
    package func vectors(
        ofTile sequences: ArraySlice<TokenSequence>, _ shapes: [VectorShape], on worker: Worker,
        with team: (any Team)? = nil
    ) throws(EncoderError) -> [[Float]] {
        try core.runTile(sequences, rows: pipeline.rows, on: worker, with: team) {
            (tile, hidden, workspace) throws(EncoderError) in
            let vectors = pipeline.forward(hidden, tile, workspace)
            var rows: [[Float]] = []
            rows.reserveCapacity(vectors.rows)
            for (number, shape) in shapes.enumerated() {
                let vector = vectors.rows(number..<number + 1).columns(0..<shape.dimensions)
                if shape.isNormalized { L2Normalization.forward(vector, workspace: workspace) }
                guard workspace.kernels.allFinite(vector) else { throw EncoderError.notFinite }
                rows.append(Array(vector[0]))
            }
            return rows
        }
    }

    /// The last hidden state of every token, before pooling.
    public func embedTokens(
        _ sequences: [TokenSequence], control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [TokenEmbeddings] {
        try core.map(sequences, control: control) { (tile, worker, team) throws(EncoderError) in
            try tokenVectors(ofTile: tile, on: worker, with: team)
        }
    }

    /// The last hidden states of each sequence of one tile, computed by the calling thread and the team; ids must be in
    /// range.
    package func tokenVectors(
        ofTile sequences: ArraySlice<TokenSequence>, on worker: Worker, with team: (any Team)? = nil
    ) throws(EncoderError) -> [TokenEmbeddings] {
        try core.runTile(sequences, rows: .all, on: worker, with: team) { (tile, hidden, _) throws(EncoderError) in
            tile.sequences.enumerated().map { number, sequence in
                TokenEmbeddings(
                    sequence: sequence, dimensions: hidden.columns,
                    values: hidden.rows(tile.layout.rows(of: number)).array())
            }
        }
    }

    /// What makes sequences of texts.
    package var inputTokenizer: InputTokenizer { core.tokenizer }
    /// What a token costs, next to other models.
    package var multiplicationsPerToken: Double { core.multiplicationsPerToken }
    /// Why the network cannot look up a sequence that a client made; nil if it can.
    package func fault(of sequence: TokenSequence) -> String? { core.fault(of: sequence) }

    /// What a prompt puts before each text.
    package func prefix(_ prompt: Prompt) throws(EncoderError) -> InputTokenizer.Prefix {
        try core.tokenizer.prefix(try text(of: prompt))
    }

    /// The text that a prompt stands for.
    private func text(of prompt: Prompt) throws(EncoderError) -> String {
        switch prompt {
        case .none: return ""
        case .text(let text): return text
        case .modelDefault: return defaultPromptName.flatMap { prompts[$0] } ?? ""
        case .query: return prompts["query"] ?? ""
        case .document: return prompts["document"] ?? prompts["passage"] ?? prompts["corpus"] ?? ""
        case .named(let name):
            if let text = prompts[name] { return text }
            let known = prompts.keys.sorted().joined(separator: ", ")
            throw EncoderError(
                .badRequest, "the model has no prompt named \"\(name)\"",
                advice: known.isEmpty ? "Ask without a prompt: the model has none" : "Use one of: \(known)")
        }
    }
}
