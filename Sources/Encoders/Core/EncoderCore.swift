import JSON
import Layers
import ModelFiles
import Tensors
import Tokenizers

/// What all three encoders have in common: a network, the tokenizer that it was trained with, and threads.
struct EncoderCore: Sendable {
    let configuration: TransformerConfiguration
    var network: TransformerEncoder
    let tokenizer: InputTokenizer
    let runner: TileRunner
    /// Told the input of every product and the weights that it is for; for calibration.
    var observer: (@Sendable (MatrixView, PackedMatrix) -> Void)?

    /// Opens a path as a folder for one of these tasks.
    ///
    /// A plain transformers folder says by its head what it was trained for, and may be used for another task (a
    /// masked-language model as a sentence encoder); then the first task is taken.
    static func open(_ path: String, for tasks: ModelTask...) throws(EncoderError) -> ModelFolder {
        do throws(ModelFileError) {
            let folder = try ModelFolder(path: path)
            if tasks.contains(folder.task) || folder.layout != .huggingFace { return folder }
            return try ModelFolder(path: path, task: tasks[0])
        } catch {
            throw EncoderError(error)
        }
    }

    /// Loads network and tokenizer.
    ///
    /// - Returns: the core, and the weights and the family for the head.
    static func load(
        _ folder: ModelFolder, options: EncoderOptions
    ) throws(EncoderError) -> (core: EncoderCore, weights: WeightSource, family: any Architecture.Type) {
        try options.check()
        let place = folder.transformerFolder.isEmpty ? "config.json" : folder.transformerFolder + "/config.json"
        let path = folder.path(of: place)
        let family = try Architectures.family(of: folder.modelType, path: path)
        let reader = try ConfigurationReader(path: path, document: folder.config)
        let configuration = try family.configuration(reader)
        let archive: WeightArchive
        do throws(ModelFileError) { archive = try folder.weights() } catch { throw EncoderError(error) }
        let weights = try WeightSource(archive, baseName: family.baseName)
        let choice = try PrecisionChoice(options.precision, folder, weights: archive)
        weights.precision = choice.matrices
        weights.packed = choice.packed
        weights.precisionReason = choice.reason
        let network = try family.network(configuration, weights)
        let limit = try options.limit(folder.maxSequenceLength, positions: configuration.maximumTokens)
        let tokenizer = InputTokenizer(
            try readTokenizer(folder, in: folder.tokenizerFolder), maximumTokens: limit,
            readsTypes: configuration.readsTypes, lowercases: folder.lowercasesInput)
        let runner = TileRunner(pool: options.makePool(), tileTokens: max(1, options.tileTokens))
        archive.releasePages()
        choice.packed?.releasePages()
        let core = EncoderCore(configuration: configuration, network: network, tokenizer: tokenizer, runner: runner)
        return (core, weights, family)
    }

    /// Reads the tokenizer in a folder of the model.
    static func readTokenizer(_ folder: ModelFolder, in place: String) throws(EncoderError) -> Tokenizer {
        if let path = folder.tokenizerPath(in: place) {
            do throws(TokenizerError) { return try Tokenizer(folder: path) } catch { throw EncoderError(error) }
        }
        let document: JSONValue?
        do throws(ModelFileError) { document = try folder.tokenizerJSON(in: place) } catch { throw EncoderError(error) }
        guard let document else {
            throw EncoderError(
                .tokenizer, "the archive holds no tokenizer.json", advice: "Add it to the archive", path: folder.path)
        }
        do throws(TokenizerError) { return try Tokenizer(tokenizerJSON: document) } catch { throw EncoderError(error) }
    }

    /// One result for each sequence; see ``TileRunner/map(_:cost:control:_:)``.
    func map<Result: Sendable>(
        _ sequences: [TokenSequence], control: EncodingControl,
        _ body: @escaping TileRunner.Body<Result>
    ) throws(EncoderError) -> [Result] {
        for (number, sequence) in sequences.enumerated() {
            guard let fault = fault(of: sequence) else { continue }
            throw EncoderError(
                .badRequest, "sequence \(number) \(fault)", advice: "Tokenise with the model's own tokenizer and limit")
        }
        guard observer != nil else { return try runner.map(sequences, cost: network.cost, control: control, body) }
        // What a team computes happens in other threads' workspaces, where nobody watches.
        return try runner.map(sequences, cost: network.cost, control: control) {
            (tile, worker, _) throws(EncoderError) in try body(tile, worker, nil)
        }
    }

    /// Multiplications for one token in the layers: what its way through the network costs, next to other models.
    var multiplicationsPerToken: Double {
        Double(
            network.layers.reduce(0) { total, layer in
                layer.matrices.reduce(total) { $0 + $1.outputs * $1.inputs }
            })
    }

    func summary(_ weights: WeightSource, _ options: EncoderOptions, since start: ContinuousClock.Instant)
        -> EncoderSummary
    {
        EncoderSummary(
            architecture: configuration.architecture, parameterCount: weights.parameterCount,
            layerCount: configuration.layerCount, hiddenSize: configuration.hiddenSize,
            precision: Precision(weights.precision), precisionReason: weights.precisionReason,
            threads: runner.pool.threads, loadTime: ContinuousClock.now - start, unusedTensors: weights.unused)
    }

    /// Why the tables of the network cannot look a sequence up; nil if they can.
    func fault(of sequence: TokenSequence) -> String? {
        let vocabulary = Int32(configuration.vocabularySize)
        if sequence.count == 0 { return "has no tokens" }
        if sequence.count > configuration.maximumTokens {
            return "has \(sequence.count) tokens; the model has positions for \(configuration.maximumTokens)"
        }
        if let id = sequence.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
            return "has the token id \(id); the model knows 0 to \(vocabulary - 1)"
        }
        if configuration.typeCount > 0,
            let id = sequence.typeIDs.first(where: { $0 < 0 || Int($0) >= configuration.typeCount })
        {
            return "has the segment id \(id); the model knows 0 to \(configuration.typeCount - 1)"
        }
        return nil
    }
}

extension EncoderOptions {
    /// Throws for settings that this build cannot fulfil.
    func check() throws(EncoderError) {
        if let fault = CPUFeatures.current.overrideError {
            throw EncoderError(
                .unsupportedKernels, fault.problem,
                advice: "Use one of \(fault.available.map(\.description).joined(separator: ", ")), or unset it")
        }
        guard threads.map({ (1...1024).contains($0) }) ?? true else {
            throw EncoderError(.badRequest, "\(threads ?? 0) threads were asked for", advice: "Ask for 1 to 1024")
        }
    }

    /// The threads for a model.
    func makePool() -> WorkerPool { pool ?? WorkerPool(threads: threads ?? WorkerPool.defaultThreadCount) }

    /// The longest input in tokens: as asked, else as the folder states, else all positions.
    func limit(_ stated: Int?, positions: Int) throws(EncoderError) -> Int {
        guard let asked = maxSequenceLength else { return min(stated ?? positions, positions) }
        guard asked >= 4, asked <= positions else {
            throw EncoderError(
                .badRequest, "inputs of at most \(asked) tokens were asked for; the model has \(positions) positions",
                advice: "Ask for 4 to \(positions) tokens")
        }
        return asked
    }
}

extension EncoderError {
    /// The folder is for another task.
    ///
    /// - Parameter task: what the folder is for, if that is not what it was opened for.
    init(wrongTask folder: ModelFolder, is task: ModelTask? = nil, wanted: ModelTask, architecture: String) {
        let classes = folder.architectures.isEmpty ? folder.modelType : folder.architectures.joined(separator: ", ")
        self.init(
            .wrongTask,
            "the model is a \((task ?? folder.task).name)\(classes.isEmpty ? "" : " (\(classes))"), not a \(wanted.name)",
            advice: "Use a model whose architecture ends in \(architecture)", path: folder.path)
    }

    /// The pipeline has a module that the encoder cannot run.
    init(unsupported module: ModelModule, of folder: ModelFolder, in kind: String) {
        let name = module.className.isEmpty ? "\(module.kind)" : module.className
        self.init(
            .unsupportedModel, "the module \(name) is not built into \(kind)", advice: "Use a model without it",
            path: folder.path(of: module.folder.isEmpty ? "modules.json" : module.folder))
    }
}
