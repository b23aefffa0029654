/// What a packed file calls the parts of a network; each matrix has tensors `NAME.panels`, `NAME.column_scale`,
/// `NAME.inverse_smoothing` and `NAME.bias`, the middle two where it is int8 (and smoothed).
struct PackedMatrixName: Hashable, Sendable, CustomStringConvertible {
    let description: String

    private init(_ description: String) {
        self.description = description
    }

    /// Q, K and V of a layer, head by head.
    static func queryKeyValue(_ layer: Int) -> Self { Self("layers.\(layer).attention.query_key_value") }
    /// The output projection of a layer's attention.
    static func attentionOutput(_ layer: Int) -> Self { Self("layers.\(layer).attention.output") }
    /// The first matrix of a layer's feed-forward network.
    static func up(_ layer: Int) -> Self { Self("layers.\(layer).feed_forward.up") }
    /// The second.
    static func down(_ layer: Int) -> Self { Self("layers.\(layer).feed_forward.down") }
    /// The hidden layer of a vocabulary head.
    static let headTransform = Self("head.transform")
    /// The projection to the vocabulary.
    static let headDecoder = Self("head.decoder")

    /// The four of a layer, in the order of `EncoderLayer.matrices`.
    static func layer(_ number: Int) -> [Self] {
        [.queryKeyValue(number), .attentionOutput(number), .up(number), .down(number)]
    }

    /// The rows of the vocabulary, if they are in the packed file.
    static let tokenTable = "embeddings.tokens"
}
