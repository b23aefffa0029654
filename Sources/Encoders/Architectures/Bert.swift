import Layers
import Tensors

/// BERT: Devlin et al., 2018, arXiv:1810.04805.
///
/// MiniLM, BGE, E5, GTE v1 and most rerankers are BERT by their layers.
///
/// Upstream: `transformers/models/bert/modeling_bert.py`.
enum Bert: Architecture {
    static let modelTypes = ["bert"]
    static let baseName = "bert"

    static func configuration(_ reader: ConfigurationReader) throws(EncoderError) -> TransformerConfiguration {
        try TransformerConfiguration(
            bertLike: reader, architecture: "bert", positions: .fromZero,
            typeCount: reader.integer("type_vocab_size", in: 0...65_536, default: 2))
    }

    static let layerList = "encoder.layer"

    static func layerNames(_ prefix: String) -> LayerNames {
        LayerNames(
            query: prefix + "attention.self.query", key: prefix + "attention.self.key",
            value: prefix + "attention.self.value", attentionOutput: prefix + "attention.output.dense",
            attentionNorm: prefix + "attention.output.LayerNorm", up: prefix + "intermediate.dense",
            down: prefix + "output.dense", outputNorm: prefix + "output.LayerNorm")
    }

    static let classificationNames = ClassificationHeadNames(
        hidden: "pooler.dense", activation: .tanh, output: "classifier")

    static func vocabularyNames(_ configuration: TransformerConfiguration) -> VocabularyHeadNames {
        VocabularyHeadNames(
            transform: "cls.predictions.transform.dense", activation: configuration.activation,
            norm: "cls.predictions.transform.LayerNorm", decoder: "cls.predictions.decoder",
            bias: "cls.predictions.bias")
    }

    static func dropoutRates(_ reader: ConfigurationReader) throws(EncoderError) -> DropoutRates {
        try DropoutRates(bertLike: reader)
    }
}
