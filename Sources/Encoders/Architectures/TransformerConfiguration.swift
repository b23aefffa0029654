package import Layers
package import Tensors

/// The sizes and choices that all encoders with post-layer normalisation share.
///
/// Letters of this target: B sequences, T tokens (packed rows), H hidden size, A heads, D head size, I intermediate size,
/// V vocabulary, L labels.
package struct TransformerConfiguration: Sendable, Hashable {
    /// The architecture's `model_type`.
    package var architecture: String
    /// V, rows of the word embeddings.
    package var vocabularySize: Int
    /// H, the width of the hidden states; a multiple of A.
    package var hiddenSize: Int
    /// Transformer layers.
    package var layerCount: Int
    /// A, attention heads.
    package var headCount: Int
    /// I, the width between the two feed-forward products.
    package var intermediateSize: Int
    /// The function between the two feed-forward products.
    package var activation: Activation
    /// Added to the variance before the root.
    package var normEpsilon: Float
    /// Rows of the position embeddings.
    package var positionCount: Int
    /// How tokens are numbered for the position embeddings.
    package var positions: Embeddings.Positions
    /// Rows of the segment embeddings; 0 for architectures without.
    package var typeCount: Int
    /// Whether the tokenizer's segment ids reach the network; row 0 is taken for all tokens otherwise.
    package var readsTypes: Bool
    /// Rows of the table of relative positions; 0 for architectures without.
    package var relativeBucketRows = 0

    /// The longest sequence that has positions.
    package var maximumTokens: Int {
        if case .behindPadding(let padding) = positions { positionCount - Int(padding) - 1 } else { positionCount }
    }
}

extension TransformerConfiguration {
    /// Reads the fields that have the same names in BERT, RoBERTa, XLM-R and MPNet.
    init(
        bertLike reader: ConfigurationReader, architecture: String, positions: Embeddings.Positions, typeCount: Int,
        readsTypes: Bool = true
    ) throws(EncoderError) {
        try self.init(
            reader, architecture: architecture, hidden: "hidden_size", layers: "num_hidden_layers",
            heads: "num_attention_heads", intermediate: "intermediate_size", activation: "hidden_act",
            normEpsilon: reader.real("layer_norm_eps", in: 0...1, default: 1e-12), positions: positions,
            typeCount: typeCount, readsTypes: readsTypes && typeCount > 1)
        let kind = try reader.text("position_embedding_type", default: "absolute")
        guard kind == "absolute" else {
            throw EncoderError(
                .unsupportedModel, "position embeddings of type \(kind) are not built in",
                advice: "Use a model with absolute position embeddings", path: reader.path,
                field: "position_embedding_type")
        }
        guard try !reader.flag("is_decoder", default: false) else {
            throw EncoderError(
                .unsupportedModel, "the model is a decoder", advice: "Use an encoder model", path: reader.path,
                field: "is_decoder")
        }
    }

    /// Reads the sizes under the field names that an architecture gives them.
    init(
        _ reader: ConfigurationReader, architecture: String, hidden: String, layers: String, heads: String,
        intermediate: String, activation: String, normEpsilon: Float, positions: Embeddings.Positions, typeCount: Int,
        readsTypes: Bool
    ) throws(EncoderError) {
        self.architecture = architecture
        vocabularySize = try reader.integer("vocab_size", in: 1...(1 << 24))
        hiddenSize = try reader.integer(hidden, in: 1...65_536)
        layerCount = try reader.integer(layers, in: 1...1_024)
        headCount = try reader.integer(heads, in: 1...4_096)
        guard hiddenSize.isMultiple(of: headCount) else {
            throw EncoderError(
                .badConfiguration, "\(hiddenSize) cannot be shared by \(headCount) heads (\(heads))",
                advice: "Restore the file from the original model", path: reader.path, field: hidden)
        }
        intermediateSize = try reader.integer(intermediate, in: 1...1_048_576)
        let function = try reader.text(activation, default: "gelu")
        guard let known = Activation(named: function) else {
            throw EncoderError(
                .unsupportedModel, "the activation \"\(function)\" is not built in",
                advice: "Use a model with one of the GELU, ReLU or SiLU functions", path: reader.path,
                field: activation)
        }
        self.activation = known
        self.normEpsilon = normEpsilon
        positionCount = try reader.integer("max_position_embeddings", in: 1...1_048_576)
        self.positions = positions
        self.typeCount = typeCount
        self.readsTypes = readsTypes
        guard maximumTokens > 0 else {
            throw EncoderError(
                .badConfiguration, "leaves no positions behind the padding id",
                advice: "Restore the file from the original model", path: reader.path,
                field: "max_position_embeddings")
        }
    }
}
