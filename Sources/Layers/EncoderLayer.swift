public import Tensors

/// One layer of a BERT-like encoder, norms behind the sums (post-norm):
/// `x = norm(x + attention(x)); x = norm(x + feedForward(x))`.
public struct EncoderLayer: Sendable {
    /// Attention inside each sequence.
    public let attention: SelfAttention
    /// The norm behind attention.
    public let attentionNorm: LayerNorm
    /// The position-wise network.
    public let feedForward: FeedForward
    /// The norm behind it.
    public let outputNorm: LayerNorm

    /// Puts the four parts together.
    public init(
        attention: SelfAttention, attentionNorm: LayerNorm, feedForward: FeedForward, outputNorm: LayerNorm
    ) {
        self.attention = attention
        self.attentionNorm = attentionNorm
        self.feedForward = feedForward
        self.outputNorm = outputNorm
    }

    /// The four matrices, in the order of their use.
    package var matrices: [PackedMatrix] {
        [attention.queryKeyValue, attention.output.weight, feedForward.up.weight, feedForward.down.weight]
    }

    /// The same with each matrix replaced by one of its shape; norms stay as they are.
    private func replacingMatrices(_ replace: (PackedMatrix) -> PackedMatrix) -> EncoderLayer {
        EncoderLayer(
            attention: SelfAttention(
                queryKeyValue: replace(attention.queryKeyValue),
                output: Linear(weight: replace(attention.output.weight)), heads: attention.heads,
                scale: attention.scale),
            attentionNorm: attentionNorm,
            feedForward: FeedForward(
                up: Linear(weight: replace(feedForward.up.weight)),
                down: Linear(weight: replace(feedForward.down.weight)), activation: feedForward.activation),
            outputNorm: outputNorm)
    }

    /// The same with matrices in another precision; norms stay float32.
    package func converted(to precision: MatrixPrecision) -> EncoderLayer {
        replacingMatrices { $0.converted(to: precision) }
    }

    /// The same with the packed weights copied into an arena.
    public func placed(in arena: WeightArena) -> EncoderLayer {
        replacingMatrices { $0.placed(in: arena) }
    }

    /// All rows of `hidden` [T][H], in place.
    public func forward(
        _ hidden: MatrixView, layout: SequenceLayout, relativeBias: RelativePositionBias? = nil, workspace: Workspace
    ) {
        attention.forward(hidden, layout: layout, relativeBias: relativeBias, workspace: workspace)
        finish(hidden, workspace: workspace)
    }

    /// What follows attention, for any rows of `hidden`, in place.
    func finish(_ hidden: MatrixView, workspace: Workspace) {
        feedForward.forward(hidden, after: attentionNorm, workspace: workspace)
        outputNorm.forward(hidden, into: hidden, workspace: workspace)
    }

    /// The row of the first token of each sequence only, into `result` [B][H]; the same bits as in `forward`.
    public func forwardFirstTokens(
        _ hidden: MatrixView, layout: SequenceLayout, relativeBias: RelativePositionBias? = nil,
        into result: MatrixView, workspace: Workspace
    ) {
        attention.forwardFirstTokens(
            hidden, layout: layout, relativeBias: relativeBias, into: result, workspace: workspace)
        finish(result, workspace: workspace)
    }
}
