package import Layers
public import ModelFiles
package import Tensors
import Tokenizers

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
    public var isInferenceFreeForQueries: Bool { queryTable != nil }

    /// The network with its head.
    struct Documents: Sendable {
        var core: EncoderCore
        var head: VocabularyHead
        let pooling: SpladePooling
    }

    var documents: Documents?
    private let queryTable: QueryTokenTable?
    private let runner: TileRunner
    private let tokenizer: Tokenizer

    /// Loads a sparse encoder from a folder, a `.zip` or a weight file with its configuration beside it.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(EncoderError) {
        try self.init(EncoderCore.open(path, for: .sparse, .sparseQuery), options: options)
    }

    /// Loads a sparse encoder.
    ///
    /// - Parameter pooling: pools otherwise than the folder says.
    public init(
        _ folder: ModelFolder, options: EncoderOptions = EncoderOptions(), pooling: ModelModule.SpladePooling? = nil
    ) throws(EncoderError) {
        let start = ContinuousClock.now
        guard folder.task == .sparse || folder.task == .sparseQuery else {
            throw EncoderError(wrongTask: folder, wanted: .sparse, architecture: "ForMaskedLM")
        }
        queryTable = try QueryTokenTable(folder, options: options)
        if folder.task == .sparseQuery {
            guard let queryTable else {
                throw EncoderError(
                    .wrongTask, "the folder has neither a network nor weights of query tokens",
                    advice: "Use a complete folder", path: folder.path)
            }
            documents = nil
            runner = TileRunner(pool: options.makePool(), tileTokens: options.tileTokens)
            tokenizer = queryTable.tokenizer.tokenizer
            vocabularySize = queryTable.weights.count
            maxSequenceLength = queryTable.tokenizer.maximumTokens
            summary = EncoderSummary(
                architecture: "static", parameterCount: vocabularySize, layerCount: 0, hiddenSize: 0,
                precision: .fp32, precisionReason: "the weights of query tokens are not multiplied",
                threads: runner.pool.threads, loadTime: ContinuousClock.now - start,
                unusedTensors: [])
            return
        }
        let splade = try Self.pooling(folder, override: pooling)
        let (core, weights, family) = try EncoderCore.load(folder, options: options)
        let head = try family.vocabularyHead(core.configuration, weights)
        // The head read pages after the network had given its own back.
        weights.archive.releasePages()
        weights.packed?.releasePages()
        documents = Documents(core: core, head: head, pooling: splade)
        runner = core.runner
        tokenizer = core.tokenizer.tokenizer
        vocabularySize = core.configuration.vocabularySize
        maxSequenceLength = core.tokenizer.maximumTokens
        summary = core.summary(weights, options, since: start)
        if let queryTable, queryTable.weights.count != vocabularySize {
            throw EncoderError(
                .shapeMismatch, "queries and documents have different vocabularies",
                advice: "Use the query weights that belong to the model", path: folder.path,
                expectedShape: [vocabularySize], actualShape: [queryTable.weights.count])
        }
    }

    /// The pooling that a folder asks for.
    package static func pooling(
        _ folder: ModelFolder, override: ModelModule.SpladePooling?
    ) throws(EncoderError) -> SpladePooling {
        var modules = folder.modules.filter { $0.kind != .dropout }[...]
        if case .transformer = modules.first?.kind { modules.removeFirst() }
        guard case .spladePooling(let settings) = modules.first?.kind else {
            throw EncoderError(
                .unsupportedModel, "the model has no SpladePooling behind its transformer",
                advice: "Use a model with a masked-language head", path: folder.path(of: "modules.json"))
        }
        if modules.count > 1 {
            throw EncoderError(unsupported: modules[modules.startIndex + 1], of: folder, in: "sparse encoders")
        }
        return SpladePooling(override ?? settings)
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
        try encode(try tokenize(texts, as: role), as: role, maximumActive: maximumActive, control: control)
    }

    /// The texts as the model reads them, in the order given; queries of inference-free models have no special tokens.
    public func tokenize(_ texts: [String], as role: SparseRole) throws(EncoderError) -> [TokenSequence] {
        let tokenizer = try inputTokenizer(role)
        return try tokenizer.sequences(texts, on: runner.pool) { (text) throws(EncoderError) in
            try tokenizer.sequence(text)
        }
    }

    /// The sparse vectors of texts that are tokenised already.
    public func encode(
        _ sequences: [TokenSequence], as role: SparseRole, maximumActive: Int? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) -> [SparseVector] {
        try check(maximumActive: maximumActive)
        if role == .query, let queryTable {
            var vectors: [SparseVector] = []
            for (number, sequence) in sequences.enumerated() {
                if let fault = queryTable.fault(of: sequence) {
                    throw EncoderError(
                        .badRequest, "sequence \(number) \(fault)", advice: "Tokenise with the model's own tokenizer")
                }
                vectors.append(queryTable.vector(sequence, maximumActive: maximumActive))
            }
            return vectors
        }
        return try network().core.map(sequences, control: control) { (tile, worker, team) throws(EncoderError) in
            try vectors(ofTile: tile, Array(repeating: maximumActive, count: tile.count), on: worker, with: team)
        }
    }

    /// Throws for a number of entries that no vector can have.
    package func check(maximumActive: Int?) throws(EncoderError) {
        guard maximumActive ?? 1 >= 1 else {
            throw EncoderError(.badRequest, "no active entries were asked for", advice: "Ask for 1 or more")
        }
    }

    /// The vector of each sequence of one tile, with at most so many entries each, computed by the calling thread and the
    /// team; ids must be in range.
    package func vectors(
        ofTile sequences: ArraySlice<TokenSequence>, _ maximumActive: [Int?], on worker: Worker,
        with team: (any Team)? = nil
    ) throws(EncoderError) -> [SparseVector] {
        let network = try network()
        return try network.core.runTile(sequences, rows: .all, on: worker, with: team) {
            (tile, hidden, workspace) throws(EncoderError) in
            let rows = workspace.matrix(rows: hidden.rows, columns: hidden.columns)
            let weights = workspace.matrix(rows: tile.layout.count, columns: network.head.vocabularySize)
            if let team {
                network.pooling.forward(
                    hidden, transformedInto: rows, layout: tile.layout, head: network.head, into: weights,
                    worker: worker, team: team)
            } else {
                network.head.transform(hidden, into: rows, workspace: workspace)
                network.pooling.forward(
                    rows, layout: tile.layout, head: network.head, into: weights, workspace: workspace)
            }
            guard workspace.kernels.allFinite(rows), workspace.kernels.allFinite(weights) else {
                throw EncoderError.notFinite
            }
            return tile.sequences.enumerated().map { number, sequence in
                SparseVector(weights[number], of: sequence, maximumActive: maximumActive[number])
            }
        }
    }

    /// What makes sequences of texts.
    package func inputTokenizer(_ role: SparseRole) throws(EncoderError) -> InputTokenizer {
        if role == .query, let queryTable { return queryTable.tokenizer }
        return try network().core.tokenizer
    }

    /// The weights of a query by the table; nil for roles and models that need the network.
    package func tableVector(
        _ sequence: TokenSequence, as role: SparseRole, maximumActive: Int?
    ) -> SparseVector? {
        guard role == .query, let queryTable else { return nil }
        return queryTable.vector(sequence, maximumActive: maximumActive)
    }

    /// Why a sequence that a client made cannot be looked up; nil if it can.
    package func fault(of sequence: TokenSequence, as role: SparseRole) -> String? {
        if role == .query, let queryTable { return queryTable.fault(of: sequence) }
        return documents?.core.fault(of: sequence)
    }

    /// What a token of a document costs, next to other models.
    package var multiplicationsPerToken: Double {
        guard let documents else { return 0 }
        let (width, vocabulary) = (documents.core.configuration.hiddenSize, documents.head.vocabularySize)
        return documents.core.multiplicationsPerToken + Double(width) * Double(vocabulary + width)
    }

    /// The vocabulary entry of an id, as the tokenizer writes it (`##ing`, `▁word`); nil if there is none.
    public func token(of id: Int32) -> String? { tokenizer.token(of: id) }

    private func network() throws(EncoderError) -> Documents {
        if let documents { return documents }
        throw EncoderError(
            .wrongTask, "the folder holds weights for queries only", advice: "Encode documents with the model beside it"
        )
    }
}

extension SpladePooling {
    /// The pooling that a folder's module describes.
    package init(_ module: ModelModule.SpladePooling) {
        self.init(
            strategy: module.strategy == .max ? .max : .sum,
            saturation: module.activation == .relu ? .log1pReLU : .log1pLog1pReLU)
    }
}
