import Layers

/// A family of encoder networks: what its configuration and its weights are called.
///
/// The arithmetic is in `Layers`. Each file reads from top to bottom: configuration, network, heads.
protocol Architecture {
    /// The values of `model_type` that this family answers to.
    static var modelTypes: [String] { get }
    /// What transformers calls the encoder inside a model with a head.
    static var baseName: String { get }

    /// Reads and checks `config.json`.
    static func configuration(_ reader: ConfigurationReader) throws(EncoderError) -> TransformerConfiguration

    /// What the list of layers is called.
    static var layerList: String { get }
    /// What the parts of a layer are called whose names begin with `prefix`.
    static func layerNames(_ prefix: String) -> LayerNames
    /// What the table of biases by distance is called; nil for families without.
    static var relativeBias: String? { get }
    /// What the parts of the sequence-classification head are called.
    static var classificationNames: ClassificationHeadNames { get }
    /// What the parts of the masked-language head are called.
    static func vocabularyNames(_ configuration: TransformerConfiguration) -> VocabularyHeadNames
    /// Where dropout stands in training.
    static func dropoutRates(_ reader: ConfigurationReader) throws(EncoderError) -> DropoutRates
}

extension Architecture {
    static var relativeBias: String? { nil }

    /// Takes the encoder's weights.
    static func network(
        _ configuration: TransformerConfiguration, _ weights: WeightSource
    ) throws(EncoderError) -> TransformerEncoder {
        let embeddings = try weights.embeddings(configuration)
        let bias: RelativePositionBias? =
            if let relativeBias { try weights.relativeBias(configuration, relativeBias) } else { nil }
        let layers = try weights.layers(configuration, of: layerList, names: layerNames)
        return TransformerEncoder(embeddings: embeddings, layers: layers, relativeBias: bias)
    }

    /// Takes the weights of the sequence-classification head.
    static func classificationHead(
        _ configuration: TransformerConfiguration, labels: Int, _ weights: WeightSource
    ) throws(EncoderError) -> ClassificationHead {
        try weights.classificationHead(configuration, labels: labels, classificationNames)
    }

    /// Takes the weights of the masked-language head.
    static func vocabularyHead(
        _ configuration: TransformerConfiguration, _ weights: WeightSource
    ) throws(EncoderError) -> VocabularyHead {
        try weights.vocabularyHead(configuration, vocabularyNames(configuration))
    }
}

/// The families that are built in.
enum Architectures {
    static var all: [any Architecture.Type] { [Bert.self, DistilBert.self, Roberta.self, MPNet.self] }

    /// The family of a `model_type`.
    static func family(of modelType: String, path: String) throws(EncoderError) -> any Architecture.Type {
        for family in all where family.modelTypes.contains(modelType) { return family }
        let known = all.flatMap { $0.modelTypes }.joined(separator: ", ")
        throw EncoderError(
            .unsupportedModel, "models of type \"\(modelType)\" are not built in", advice: "Use one of: \(known)",
            path: path, field: "model_type")
    }
}
