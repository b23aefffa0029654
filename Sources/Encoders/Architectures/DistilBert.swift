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

    static func network(
        _ configuration: TransformerConfiguration, _ weights: WeightSource
    ) throws(EncoderError) -> TransformerEncoder {
        let embeddings = try weights.embeddings(configuration)
        let layers = try weights.layers(configuration, of: "transformer.layer") { prefix in
            LayerNames(
                query: prefix + "attention.q_lin", key: prefix + "attention.k_lin", value: prefix + "attention.v_lin",
                attentionOutput: prefix + "attention.out_lin", attentionNorm: prefix + "sa_layer_norm",
                up: prefix + "ffn.lin1", down: prefix + "ffn.lin2", outputNorm: prefix + "output_layer_norm")
        }
        return TransformerEncoder(embeddings: embeddings, layers: layers)
    }

    static func classificationHead(
        _ configuration: TransformerConfiguration, labels: Int, _ weights: WeightSource
    ) throws(EncoderError) -> ClassificationHead {
        try weights.classificationHead(
            configuration, labels: labels, hidden: "pre_classifier", activation: .relu, output: "classifier")
    }

    static func vocabularyHead(
        _ configuration: TransformerConfiguration, _ weights: WeightSource
    ) throws(EncoderError) -> VocabularyHead {
        try weights.vocabularyHead(
            configuration, transform: "vocab_transform", activation: configuration.activation,
            norm: "vocab_layer_norm", decoder: "vocab_projector", bias: "vocab_projector.bias")
    }
}
