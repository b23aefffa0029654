import Tensors

/// What an architecture calls the parts of its layers, without `.weight` and `.bias`.
struct LayerNames {
    let query, key, value, attentionOutput, attentionNorm, up, down, outputNorm: String
}

/// What an architecture calls the parts of its sequence-classification head, without `.weight` and `.bias`.
struct ClassificationHeadNames {
    /// H to H; behind it stands `activation`.
    let hidden: String
    let activation: Activation
    /// H to the number of labels.
    let output: String
    /// Whether training drops parts of the first token's row before the hidden map as well as behind it.
    var dropsInput = false
}

/// What an architecture calls the parts of its masked-language head.
struct VocabularyHeadNames {
    /// H to H, without `.weight` and `.bias`; behind it stands `activation`.
    let transform: String
    let activation: Activation
    /// The norm behind it, without `.weight` and `.bias`.
    let norm: String
    /// H to V, without `.weight` and `.bias`.
    let decoder: String
    /// The whole name of the decoder's bias.
    let bias: String
}

/// What share of the values dropout sets to zero in training, by place.
package struct DropoutRates: Sendable, Hashable {
    /// Behind the norm of the embeddings.
    package var embeddings: Float
    /// Of the attention probabilities.
    package var probabilities: Float
    /// Behind the output map of attention.
    package var attentionOutput: Float
    /// Behind the feed-forward network.
    package var feedForward: Float
    /// Before a classifier.
    package var classifier: Float

    /// The same rate in all places that have one.
    package func replacing(_ rate: Float) -> DropoutRates {
        // DistilBERT has no dropout behind the output map of attention, whatever the rate.
        DropoutRates(
            embeddings: rate, probabilities: rate, attentionOutput: hasAttentionOutput ? rate : 0, feedForward: rate,
            classifier: rate, hasAttentionOutput: hasAttentionOutput)
    }

    /// Whether the architecture drops anything behind the output map of attention.
    package var hasAttentionOutput = true
}

extension DropoutRates {
    /// Reads the fields that have the same names in BERT, RoBERTa, XLM-R and MPNet.
    init(bertLike reader: ConfigurationReader) throws(EncoderError) {
        let hidden = try reader.real("hidden_dropout_prob", in: 0...0.99, default: 0.1)
        self.init(
            embeddings: hidden,
            probabilities: try reader.real("attention_probs_dropout_prob", in: 0...0.99, default: 0.1),
            attentionOutput: hidden, feedForward: hidden,
            classifier: try reader.real("classifier_dropout", in: 0...0.99, default: Double(hidden)))
    }
}
