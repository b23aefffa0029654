public import Tensors

/// The head of a masked language model: transform (linear, activation, norm), then the projection to the vocabulary.
public struct VocabularyHead: Sendable {
    /// H to H.
    public let transform: Dense
    /// Behind the transform.
    public let norm: LayerNorm
    /// H to V with bias; usually the token embeddings again.
    public let decoder: PackedMatrix

    /// Packs the parameters.
    public init(transform: LinearParameters, activation: Activation, norm: LayerNorm, decoder: LinearParameters) {
        precondition(transform.outputs == decoder.inputs, "transform and decoder do not fit")
        self.transform = Dense(transform, activation: activation)
        self.norm = norm
        self.decoder = PackedMatrix(
            weight: decoder.weight, bias: decoder.bias, outputs: decoder.outputs, inputs: decoder.inputs)
    }

    /// Takes packed weights of any precision.
    package init(transform: Dense, norm: LayerNorm, decoder: PackedMatrix) {
        self.transform = transform
        self.norm = norm
        self.decoder = decoder
    }

    /// The same with both matrices replaced by ones of their shapes.
    private func replacingMatrices(_ replace: (PackedMatrix) -> PackedMatrix) -> VocabularyHead {
        VocabularyHead(
            transform: Dense(Linear(weight: replace(transform.linear.weight)), activation: transform.activation),
            norm: norm, decoder: replace(decoder))
    }

    /// The same with both matrices in another precision.
    package func converted(to precision: MatrixPrecision) -> VocabularyHead {
        replacingMatrices { $0.converted(to: precision) }
    }

    /// The same with the packed weights copied into an arena.
    public func placed(in arena: WeightArena) -> VocabularyHead {
        replacingMatrices { $0.placed(in: arena) }
    }

    /// V.
    public var vocabularySize: Int { decoder.outputs }

    /// The rows that the decoder projects: `hidden` [T][H] to `result` [T][H].
    public func transform(_ hidden: MatrixView, into result: MatrixView, workspace: Workspace) {
        transform.forward(hidden, into: result, workspace: workspace)
        norm.forward(result, into: result, workspace: workspace)
    }

    /// Full logits [T][V], for tests and small inputs: SPLADE uses `SpladePooling` on transformed rows instead.
    public func logits(_ hidden: MatrixView, into result: MatrixView, workspace: Workspace) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let rows = workspace.matrix(rows: hidden.rows, columns: transform.linear.outputs)
        transform(hidden, into: rows, workspace: workspace)
        let input = workspace.kernels.input(rows, for: decoder, workspace: workspace)
        workspace.kernels.multiply(input, decoder, into: result)
    }
}
