/// A trained tensor, in memory that the trainer owns.
public struct TrainedTensor {
    /// The name in the weight file of the model that was trained.
    public let name: String
    /// The shape; rows before columns.
    public let shape: [Int]
    /// The values, row-major; valid as long as the call that hands them over.
    public let values: UnsafeBufferPointer<Float>

    /// A tensor.
    public init(name: String, shape: [Int], values: UnsafeBufferPointer<Float>) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}

/// What writes the folder of a trained model.
public protocol ModelWriter {
    /// Writes a complete model folder that replaces whatever stood there.
    ///
    /// - Parameters:
    ///   - tensors: all trained tensors, in the order of the model.
    ///   - queryTokenWeights: weights of query tokens by vocabulary id, of an inference-free sparse model; nil for others.
    ///   - configuration: what was asked for, with the folder that the other files come from.
    ///   - result: what came of it, for the model card.
    ///   - path: the folder to write.
    func write(
        _ tensors: [TrainedTensor], queryTokenWeights: [Float]?, configuration: TrainingConfiguration,
        result: TrainingResult, to path: String) throws
}
