/// The parameters of one linear map as a model file holds them.
public struct LinearParameters: Sendable {
    /// [outputs][inputs], row-major.
    public let weight: [Float]
    /// [outputs], or nil.
    public let bias: [Float]?
    /// N, the number of outputs.
    public let outputs: Int
    /// K, the number of inputs.
    public let inputs: Int

    /// Checks that the counts belong together; wrong ones are a programmer's fault (loaders check files before).
    public init(_ weight: [Float], _ bias: [Float]?, _ outputs: Int, _ inputs: Int) {
        precondition(weight.count == outputs * inputs, "weight has \(weight.count) values for \(outputs) x \(inputs)")
        precondition(
            bias == nil || bias?.count == outputs, "bias has \(bias?.count ?? 0) values for \(outputs) outputs")
        self.weight = weight
        self.bias = bias
        self.outputs = outputs
        self.inputs = inputs
    }

    /// The same with names.
    public init(weight: [Float], bias: [Float]? = nil, outputs: Int, inputs: Int) {
        self.init(weight, bias, outputs, inputs)
    }
}
