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

/// The masked-language head of a sparse encoder.
struct SparseHeadPlan: HeadPlan {
    let isNew = false
    private let weights: TrainableWeights.VocabularyHead
    private let words: StoredTensor
    private let epsilon: Float
    private let pooling: SpladePooling

    init(
        _ folder: ModelFolder, _ source: TrainableWeights, pooling override: ModelModule.SpladePooling?
    ) throws(EncoderError) {
        pooling = try SparseEncoder.pooling(folder, override: override)
        weights = try source.vocabularyHead()
        words = try source.embeddings().words
        epsilon = source.configuration.normEpsilon
    }

    func add(to builder: ParameterBuilder) throws(EncoderError) {
        builder.note(copies: weights.embeddingCopies, of: words)
        builder.add(weights.transform)
        builder.add(weights.norm)
        if let decoder = weights.decoder { builder.add(decoder) }
        builder.add(weights.decoderBias, copies: weights.biasCopies)
    }

    func head(_ views: ParameterViews, precision: MatrixPrecision, arena: WeightArena) -> any TrainableHead {
        SparseHead(
            transform: views.map([weights.transform], precision: precision, arena: arena),
            activation: weights.activation, norm: views.norm(weights.norm, epsilon: epsilon),
            decoder: LinearMap(
                [(views[weights.decoder ?? words], views[weights.decoderBias])], precision: precision, goesBack: false,
                arena: arena),
            saturation: pooling.saturation == .log1pReLU ? .log1pReLU : .log1pLog1pReLU,
            sums: pooling.strategy == .sum)
    }
}

/// The classification head of a cross-encoder, or a new one.
struct ClassifierHeadPlan: HeadPlan {
    private let weights: TrainableWeights.ClassificationHead
    private let labels: Int
    private let width: Int
    private let deviation: Float

    /// Whether the file has no classifier: then its names are those of a bare encoder.
    var isNew: Bool { weights.output == nil }

    init(_ folder: ModelFolder, _ source: TrainableWeights, labels: Int?) throws(EncoderError) {
        let hasHead = source.hasClassifier
        if hasHead, folder.modules.count > 1 {
            throw EncoderError(
                .unsupportedModel, "modules behind the classifier cannot be trained",
                advice: "Use a folder whose modules.json names the transformer alone",
                path: folder.path(of: "modules.json"))
        }
        self.labels = labels ?? (hasHead ? max(1, folder.labels.count) : 1)
        weights = try source.classificationHead(labels: self.labels)
        width = source.configuration.hiddenSize
        deviation = source.initialDeviation
    }

    private static func weight(_ name: String) -> String { name + ".weight" }
    private static func bias(_ name: String) -> String { name + ".bias" }

    func add(to builder: ParameterBuilder) throws(EncoderError) {
        if let hidden = weights.hidden {
            builder.add(hidden)
        } else {
            builder.addNew(Self.weight(weights.hiddenName), shape: [width, width], deviation: deviation)
            builder.addNew(Self.bias(weights.hiddenName), shape: [width], deviation: 0)
        }
        if let output = weights.output {
            builder.add(output)
        } else {
            builder.addNew(Self.weight(weights.outputName), shape: [labels, width], deviation: deviation)
            builder.addNew(Self.bias(weights.outputName), shape: [labels], deviation: 0)
        }
    }

    func head(_ views: ParameterViews, precision: MatrixPrecision, arena: WeightArena) -> any TrainableHead {
        let map = { (linear: TrainableWeights.Linear?, name: String) in
            let bias = linear.map { $0.bias?.name } ?? Self.bias(name)
            return LinearMap(
                [(views[linear?.weight.name ?? Self.weight(name), ""], bias.map { views[$0, ""] })],
                precision: precision, arena: arena)
        }
        return ClassifierHead(
            hidden: map(weights.hidden, weights.hiddenName), activation: weights.activation,
            output: map(weights.output, weights.outputName), dropsInput: weights.dropsInput)
    }
}

extension ModelFolder {
    /// The folder read for a task: a plain transformers folder may be used for another task than its head says.
    func opened(for task: TrainingTask) throws(EncoderError) -> ModelFolder {
        if self.task == task.folderTask { return self }
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
