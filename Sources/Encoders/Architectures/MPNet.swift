import Layers
import Tensors

/// MPNet: Song et al., 2020, arXiv:2004.09297.
///
/// BERT's layers, RoBERTa's positions and heads, and one table of biases by
/// distance that all layers add to their attention scores.
///
/// Upstream: `transformers/models/mpnet/modeling_mpnet.py`; its padding id is 1 and its distances fall into 32 buckets
/// whatever the configuration says.
enum MPNet: Architecture {
    static let modelTypes = ["mpnet"]
    static let baseName = "mpnet"
    private static let buckets = RelativePositionBias.mpnetBuckets

    static func configuration(_ reader: ConfigurationReader) throws(EncoderError) -> TransformerConfiguration {
        let rows = try reader.integer("relative_attention_num_buckets", in: 1...65_536, default: buckets)
        guard rows >= buckets else {
            throw EncoderError(
                .badConfiguration, "is \(rows); the network reads \(buckets) buckets",
                advice: "Restore the file from the original model", path: reader.path,
                field: "relative_attention_num_buckets")
        }
        var configuration = try TransformerConfiguration(
            bertLike: reader, architecture: "mpnet", positions: .behindPadding(id: 1), typeCount: 0, readsTypes: false)
        configuration.relativeBucketRows = rows
        return configuration
    }

    static let relativeBias: String? = "encoder.relative_attention_bias.weight"
    static let layerList = "encoder.layer"

    static func layerNames(_ prefix: String) -> LayerNames {
        LayerNames(
            query: prefix + "attention.attn.q", key: prefix + "attention.attn.k", value: prefix + "attention.attn.v",
            attentionOutput: prefix + "attention.attn.o", attentionNorm: prefix + "attention.LayerNorm",
            up: prefix + "intermediate.dense", down: prefix + "output.dense", outputNorm: prefix + "output.LayerNorm")
    }

    static var classificationNames: ClassificationHeadNames { Roberta.classificationNames }

    static func vocabularyNames(_ configuration: TransformerConfiguration) -> VocabularyHeadNames {
        Roberta.vocabularyNames(configuration)
    }

    static func dropoutRates(_ reader: ConfigurationReader) throws(EncoderError) -> DropoutRates {
        var rates = try DropoutRates(bertLike: reader)
        // The one family whose classifier has no rate of its own.
        rates.classifier = rates.feedForward
        return rates
    }
}
