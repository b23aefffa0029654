package import Tensors

extension SelfAttention {
    /// The same with other packed weights of the same shapes.
    package func replacing(queryKeyValue: PackedMatrix, output: PackedMatrix) -> SelfAttention {
        SelfAttention(queryKeyValue: queryKeyValue, output: Linear(weight: output), heads: heads, scale: scale)
    }
}

extension EncoderLayer {
    /// The same with other packed weights: four of the shapes of `matrices`, in their order.
    package func replacing(matrices: [PackedMatrix]) -> EncoderLayer {
        precondition(
            zip(matrices, self.matrices).allSatisfy { $0.outputs == $1.outputs && $0.inputs == $1.inputs }
                && matrices.count == self.matrices.count, "matrices of other shapes")
        return EncoderLayer(
            attention: attention.replacing(queryKeyValue: matrices[0], output: matrices[1]),
            attentionNorm: attentionNorm,
            feedForward: FeedForward(
                up: Linear(weight: matrices[2]), down: Linear(weight: matrices[3]), activation: feedForward.activation),
            outputNorm: outputNorm)
    }
}
