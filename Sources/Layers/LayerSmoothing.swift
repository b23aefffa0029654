/// Smoothing factors of the four matrices of a layer, one for each input column; nil for none.
///
/// What they do: `PackedMatrix.converted(to:smoothing:)`.
public struct LayerSmoothing: Sendable, Hashable {
    /// [H] of the product that makes Q, K and V.
    public var queryKeyValue: [Float]?
    /// [A * D] of attention's output projection.
    public var attentionOutput: [Float]?
    /// [H] of the first product of the feed-forward network.
    public var up: [Float]?
    /// [I] of the second.
    public var down: [Float]?

    /// Factors for some of the matrices.
    public init(
        queryKeyValue: [Float]? = nil, attentionOutput: [Float]? = nil, up: [Float]? = nil, down: [Float]? = nil
    ) {
        self.queryKeyValue = queryKeyValue
        self.attentionOutput = attentionOutput
        self.up = up
        self.down = down
    }
}
