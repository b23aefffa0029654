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
        let modules = try DenseModules(folder, hiddenSize: hiddenSize, pooling: override)
        pooling = modules.pooling
        includesPrompt = modules.includesPrompt
        dimensions = modules.dimensions
        rows = pooling.needsFirstTokensOnly && includesPrompt ? .firstTokens : .all
        var steps = modules.steps
        if case .normalize = steps.last {
            normalizes = true
            steps.removeLast()
        } else {
            normalizes = false
        }
        self.steps = try steps.map { (step) throws(EncoderError) in
            switch step {
            case .normalize: .normalize
            case .layerNorm(let norm, _):
                .layerNorm(
                    LayerNorm(
                        gamma: try norm.gamma.weights(), beta: try norm.beta.weights(),
                        epsilon: DenseModules.normEpsilon))
            case .dense(let dense, _): try Self.dense(dense)
            }
        }
    }

    private static func dense(_ module: DenseModules.Dense) throws(EncoderError) -> Step {
        var residual = module.addsInput ? Residual.input : .none
        if let map = module.residual { residual = .projected(Linear(try parameters(map))) }
        return .dense(Dense(try parameters(module.map), activation: module.activation), residual: residual)
    }

    private static func parameters(_ map: TrainableWeights.Linear) throws(EncoderError) -> LinearParameters {
        LinearParameters(
            weight: try map.weight.weights(), bias: try map.bias?.weights(), outputs: map.weight.shape[0],
            inputs: map.weight.shape[1])
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
