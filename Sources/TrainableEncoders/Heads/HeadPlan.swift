import Encoders
import Layers
import ModelFiles
import Tensors

/// What a folder says about a head: found first, so that its parameters lie beside the network's.
protocol HeadPlan {
    /// Whether the folder lacks parts of the head, so that the model becomes one of another class.
    var isNew: Bool { get }

    func add(to builder: ParameterBuilder) throws(EncoderError)
    func head(_ views: ParameterViews, precision: MatrixPrecision, arena: WeightArena) -> any TrainableHead
}

/// The modules of a dense encoder behind its transformer.
struct DenseHeadPlan: HeadPlan {
    private enum Step {
        case normalize
        case layerNorm(TrainableWeights.Norm, folder: String)
        case dense(TrainableWeights.Linear, Activation, residual: Residual, folder: String)
    }

    private enum Residual {
        case none
        case input
        case projected(TrainableWeights.Linear)
    }

    let isNew = false
    private let pooling: Pooling
    private let width: Int
    private var steps: [Step] = []

    init(_ folder: ModelFolder, hiddenSize: Int) throws(EncoderError) {
        let modules = try DenseModules(folder, hiddenSize: hiddenSize)
        pooling = modules.pooling
        width = modules.dimensions
        if !modules.includesPrompt, folder.prompts.values.contains(where: { !$0.isEmpty }) {
            throw EncoderError(
                .unsupportedModel, "the pooling leaves out the tokens of prompts, which cannot be trained",
                advice: "Remove the prompts, or set include_prompt to true",
                path: folder.path(of: "config_sentence_transformers.json"), field: "prompts")
        }
        for module in modules.steps {
            switch module {
            case .normalize: steps.append(.normalize)
            case .layerNorm(let norm, let place): steps.append(.layerNorm(norm, folder: place))
            case .dense(let dense, let place):
                let residual: Residual =
                    if let map = dense.residual { .projected(map) } else { dense.addsInput ? .input : .none }
                steps.append(.dense(dense.map, dense.activation, residual: residual, folder: place))
            }
        }
    }

    func add(to builder: ParameterBuilder) throws(EncoderError) {
        for step in steps {
            switch step {
            case .normalize: break
            case .layerNorm(let norm, let folder): builder.add(norm, folder: folder)
            case .dense(let map, _, let residual, let folder):
                builder.add(map, folder: folder)
                if case .projected(let other) = residual { builder.add(other, folder: folder) }
            }
        }
    }

    func head(_ views: ParameterViews, precision: MatrixPrecision, arena: WeightArena) -> any TrainableHead {
        let map = { (linear: TrainableWeights.Linear, folder: String) in
            LinearMap(
                [(views[linear.weight.name, folder], linear.bias.map { views[$0.name, folder] })],
                precision: precision, arena: arena)
        }
        return DenseHead(
            pooling: pooling,
            steps: steps.map { step in
                switch step {
                case .normalize: .normalize
                case .layerNorm(let norm, let folder):
                    .layerNorm(
                        NormMap(
                            gamma: views[norm.gamma.name, folder], beta: views[norm.beta.name, folder],
                            epsilon: DenseModules.normEpsilon))
                case .dense(let linear, let activation, let residual, let folder):
                    switch residual {
                    case .none: .dense(map(linear, folder), activation, residual: .none)
                    case .input: .dense(map(linear, folder), activation, residual: .input)
                    case .projected(let other):
                        .dense(map(linear, folder), activation, residual: .projected(map(other, folder)))
                    }
                }
            }, width: width)
    }
}

extension ModelFolder {
    /// The folder read for a task: a plain transformers folder may be used for another task than its head says, and the transformer of
    /// a dense encoder for a sparse one.
    func opened(for task: TrainingTask) throws(EncoderError) -> ModelFolder {
        if self.task == task.folderTask { return self }
        if layout == .sentenceTransformers, self.task == .dense, task == .sparse { return self }
        if layout == .sentenceTransformers, task != .crossEncoder {
            throw EncoderError(
                .wrongTask, "the folder is a \(self.task.name)",
                advice: "Train it as one, or give a plain model folder",
                path: path)
        }
        do throws(ModelFileError) { return try ModelFolder(path: path, task: task.folderTask) } catch {
            throw EncoderError(error)
        }
    }
}
