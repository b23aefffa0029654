import Layers
import Tensors

/// DistilBERT: Sanh et al., 2019, arXiv:1910.01108.
///
/// BERT's layers under other names, without segments and pooler.
///
/// Upstream: `transformers/models/distilbert/modeling_distilbert.py`; its norms add 1e-12 whatever the configuration.
enum DistilBert: Architecture {
    static let modelTypes = ["distilbert"]
    static let baseName = "distilbert"

    static func configuration(_ reader: ConfigurationReader) throws(EncoderError) -> TransformerConfiguration {
        try TransformerConfiguration(
            reader, architecture: "distilbert", hidden: "dim", layers: "n_layers", heads: "n_heads",
            intermediate: "hidden_dim", activation: "activation", normEpsilon: 1e-12, positions: .fromZero,
            typeCount: 0, readsTypes: false)
    }

    static let layerList = "transformer.layer"

    static func layerNames(_ prefix: String) -> LayerNames {
        LayerNames(
            query: prefix + "attention.q_lin", key: prefix + "attention.k_lin", value: prefix + "attention.v_lin",
            attentionOutput: prefix + "attention.out_lin", attentionNorm: prefix + "sa_layer_norm",
            up: prefix + "ffn.lin1", down: prefix + "ffn.lin2", outputNorm: prefix + "output_layer_norm")
    }

    static let classificationNames = ClassificationHeadNames(
        hidden: "pre_classifier", activation: .relu, output: "classifier")

    static func vocabularyNames(_ configuration: TransformerConfiguration) -> VocabularyHeadNames {
        VocabularyHeadNames(
            transform: "vocab_transform", activation: configuration.activation, norm: "vocab_layer_norm",
            decoder: "vocab_projector", bias: "vocab_projector.bias")
    }

    static func dropoutRates(_ reader: ConfigurationReader) throws(EncoderError) -> DropoutRates {
        let rate = try reader.real("dropout", in: 0...0.99, default: 0.1)
        return DropoutRates(
            embeddings: rate, probabilities: try reader.real("attention_dropout", in: 0...0.99, default: 0.1),
            attentionOutput: 0, feedForward: rate,
            classifier: try reader.real("seq_classif_dropout", in: 0...0.99, default: 0.2), hasAttentionOutput: false)
    }
}
