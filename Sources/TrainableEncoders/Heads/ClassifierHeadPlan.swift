import Encoders
import Layers
import ModelFiles
import Tensors

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
            builder.addNew(Self.weight(weights.hiddenName), shape: [width, width], .normal(deviation: deviation))
            builder.addNew(Self.bias(weights.hiddenName), shape: [width], .constant(0))
        }
        if let output = weights.output {
            builder.add(output)
        } else {
            builder.addNew(Self.weight(weights.outputName), shape: [labels, width], .normal(deviation: deviation))
            builder.addNew(Self.bias(weights.outputName), shape: [labels], .constant(0))
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
