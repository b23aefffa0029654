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
    /// Takes the encoder's weights.
    static func network(
        _ configuration: TransformerConfiguration, _ weights: WeightSource
    ) throws(EncoderError) -> TransformerEncoder
    /// Takes the weights of the sequence-classification head.
    static func classificationHead(
        _ configuration: TransformerConfiguration, labels: Int, _ weights: WeightSource
    ) throws(EncoderError) -> ClassificationHead
    /// Takes the weights of the masked-language head.
    static func vocabularyHead(
        _ configuration: TransformerConfiguration, _ weights: WeightSource
    ) throws(EncoderError) -> VocabularyHead
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
