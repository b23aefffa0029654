import Layers
import Tensors

/// RoBERTa (Liu et al., 2019, arXiv:1907.11692) and XLM-R (Conneau et al., 2019, arXiv:1911.02116): BERT's layers with
/// positions that start behind the padding id, and other heads.
///
/// Their tokenizers tell no segments apart, so type ids are always 0, also where the table has more rows.
/// Upstream: `transformers/models/roberta/modeling_roberta.py`.
enum Roberta: Architecture {
    static let modelTypes = ["roberta", "xlm-roberta"]
    static let baseName = "roberta"

    static func configuration(_ reader: ConfigurationReader) throws(EncoderError) -> TransformerConfiguration {
        let padding = try reader.integer("pad_token_id", in: 0...(1 << 20), default: 1)
        return try TransformerConfiguration(
            bertLike: reader, architecture: reader.text("model_type", default: "roberta"),
            positions: .behindPadding(id: Int32(padding)),
            typeCount: reader.integer("type_vocab_size", in: 0...65_536, default: 2), readsTypes: false)
    }

    static let layerList = Bert.layerList

    static func layerNames(_ prefix: String) -> LayerNames { Bert.layerNames(prefix) }

    static let classificationNames = ClassificationHeadNames(
        hidden: "classifier.dense", activation: .tanh, output: "classifier.out_proj", dropsInput: true)

    static func vocabularyNames(_ configuration: TransformerConfiguration) -> VocabularyHeadNames {
        VocabularyHeadNames(
            transform: "lm_head.dense", activation: .gelu, norm: "lm_head.layer_norm", decoder: "lm_head.decoder",
            bias: "lm_head.bias")
    }

    static func dropoutRates(_ reader: ConfigurationReader) throws(EncoderError) -> DropoutRates {
        try DropoutRates(bertLike: reader)
    }
}
