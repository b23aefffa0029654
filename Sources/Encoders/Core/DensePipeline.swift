import Layers
import ModelFiles
import Tensors

/// What follows the transformer of a dense encoder: pooling, then any number of small modules.
struct DensePipeline: Sendable {
    private enum Step: Sendable {
        case dense(Dense, residual: Residual)
        case layerNorm(LayerNorm)
        case normalize
    }

    private enum Residual: Sendable {
        case none
        case input
        case projected(Linear)
    }

    /// Which hidden states the pooling needs.
    let rows: TransformerEncoder.Rows
    /// The length of the vectors.
    let dimensions: Int
    /// Whether the last step makes unit vectors; it is left to the caller, who may cut them first.
    let normalizes: Bool

    private let pooling: Pooling
    private let includesPrompt: Bool
    private let steps: [Step]

    /// Reads the modules behind the transformer.
    init(_ folder: ModelFolder, hiddenSize: Int, pooling override: [ModelModule.PoolingMode]?) throws(EncoderError) {
        var modules = folder.modules.filter { $0.kind != .dropout }[...]
        if case .transformer = modules.first?.kind { modules.removeFirst() }
        guard case .pooling(let settings) = modules.first?.kind else {
            if let module = modules.first {
                throw EncoderError(unsupported: module, of: folder, in: "dense encoders")
            }
            throw EncoderError(
                .unsupportedModel, "the model has no Pooling module", advice: "Add one to modules.json",
                path: folder.path(of: "modules.json"))
        }
        modules.removeFirst()
        let modes = override ?? settings.modes
        guard !modes.isEmpty else {
            throw EncoderError(
                .badConfiguration, "names no pooling mode", advice: "Restore the file from the original model",
                path: folder.path(of: "1_Pooling/config.json"), field: "pooling_mode")
        }
        pooling = Pooling(modes.compactMap { Pooling.Mode(rawValue: $0.rawValue) })
        includesPrompt = settings.includesPrompt
        rows = pooling.needsFirstTokensOnly && includesPrompt ? .firstTokens : .all
        normalizes = modules.last?.kind == .normalize
        if normalizes { modules.removeLast() }
        var width = pooling.outputSize(hiddenSize: hiddenSize)
        var steps: [Step] = []
        for module in modules {
            switch module.kind {
            case .normalize: steps.append(.normalize)
            case .dense(let settings):
                steps.append(try Self.dense(settings, module, folder, inputs: width))
                width = settings.outputCount
            case .layerNorm:
                let weights = WeightSource(module: try Self.weights(module, folder))
                steps.append(
                    .layerNorm(
                        LayerNorm(
                            gamma: try weights.encoder("norm.weight", [width]).weights(),
                            beta: try weights.encoder("norm.bias", [width]).weights(), epsilon: 1e-5)))
            default: throw EncoderError(unsupported: module, of: folder, in: "dense encoders")
            }
        }
        self.steps = steps
        dimensions = width
    }

    private static func weights(_ module: ModelModule, _ folder: ModelFolder) throws(EncoderError) -> WeightArchive {
        do throws(ModelFileError) { return try folder.weights(of: module) } catch { throw EncoderError(error) }
    }

    private static func dense(
        _ settings: ModelModule.Dense, _ module: ModelModule, _ folder: ModelFolder, inputs: Int
    ) throws(EncoderError) -> Step {
        let path = folder.path(of: module.folder + "/config.json")
        guard settings.inputCount == inputs else {
            throw EncoderError(
                .badConfiguration, "is \(settings.inputCount), and the module before it makes \(inputs) values",
                advice: "Restore the file from the original model", path: path, field: "in_features")
        }
        guard settings.inputName == "sentence_embedding", settings.outputName == "sentence_embedding" else {
            throw EncoderError(unsupported: module, of: folder, in: "dense encoders")
        }
        guard let activation = Activation(settings.activation) else {
            throw EncoderError(
                .unsupportedModel, "the activation \(settings.activation.name) is not built in",
                advice: "Use a model with another one", path: path, field: "activation_function")
        }
        let weights = WeightSource(module: try Self.weights(module, folder))
        let parameters = LinearParameters(
            weight: try weights.encoder("linear.weight", [settings.outputCount, inputs]).weights(),
            bias: settings.hasBias ? try weights.encoder("linear.bias", [settings.outputCount]).weights() : nil,
            outputs: settings.outputCount, inputs: inputs)
        var residual = Residual.none
        if settings.hasResidual, settings.outputCount == inputs {
            residual = .input
        } else if settings.hasResidual {
            let weight = try weights.encoder("residual.weight", [settings.outputCount, inputs]).weights()
            residual = .projected(
                Linear(LinearParameters(weight: weight, outputs: settings.outputCount, inputs: inputs)))
        }
        return .dense(Dense(parameters, activation: activation), residual: residual)
    }

    /// The vectors of a tile before the closing normalisation: [B, dimensions], in the workspace.
    func forward(_ hidden: MatrixView, _ tile: Tile, _ workspace: Workspace) -> MatrixView {
        var vectors: MatrixView
        if rows == .firstTokens {
            vectors = hidden
        } else {
            vectors = workspace.matrix(
                rows: tile.layout.count, columns: pooling.outputSize(hiddenSize: hidden.columns))
            for (number, sequence) in tile.sequences.enumerated() {
                pooling.forward(
                    hidden.rows(tile.layout.rows(of: number)), layout: SequenceLayout(lengths: [sequence.count]),
                    skippedTokens: includesPrompt ? 0 : sequence.promptTokenCount,
                    into: vectors.rows(number..<number + 1), workspace: workspace)
            }
        }
        for step in steps {
            switch step {
            case .normalize: L2Normalization.forward(vectors, workspace: workspace)
            case .layerNorm(let norm): norm.forward(vectors, into: vectors, workspace: workspace)
            case .dense(let dense, let residual):
                let output = workspace.matrix(rows: vectors.rows, columns: dense.linear.outputs)
                dense.forward(vectors, into: output, workspace: workspace)
                add(residual, of: vectors, to: output, workspace)
                vectors = output
            }
        }
        return vectors
    }

    /// Adds the input of a Dense module to its output, as `use_residual` asks.
    private func add(_ residual: Residual, of input: MatrixView, to output: MatrixView, _ workspace: Workspace) {
        var addend = input
        switch residual {
        case .none: return
        case .input: break
        case .projected(let linear):
            addend = workspace.matrix(rows: output.rows, columns: output.columns)
            linear.forward(input, into: addend, workspace: workspace)
        }
        for row in 0..<output.rows {
            for column in 0..<output.columns { output[row][column] += addend[row][column] }
        }
    }
}

extension Activation {
    /// The function that a Dense module names, if it is built in and works on single values.
    init?(_ activation: ModelActivation) {
        switch activation {
        case .identity: self = .identity
        case .sigmoid: self = .sigmoid
        case .tanh: self = .tanh
        case .relu: self = .relu
        case .gelu: self = .gelu
        case .silu: self = .silu
        case .softmax: return nil
        case .other(let name): self.init(named: name)
        }
    }
}
