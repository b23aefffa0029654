public import ModelFiles
public import Tensors

/// The arithmetic of the matrix products of a training step.
///
/// Parameters, norms, softmax, sums and gradients are float32 in both.
public enum TrainingPrecision: String, Sendable, Hashable, CaseIterable {
    /// 32-bit floating point.
    case fp32
    /// Inputs and weights of products rounded to bfloat16; about half the time on CPUs that multiply it.
    case bf16

    var matrices: MatrixPrecision {
        switch self {
        case .fp32: .fp32
        case .bf16: .bf16
        }
    }
}

/// Settings of a model to be trained; they hold for all its passes.
public struct TrainableModelOptions: Sendable {
    /// The arithmetic of the matrix products.
    public var precision: TrainingPrecision
    /// Keeps only the input of each layer and computes the rest again in the backward pass.
    ///
    /// About a third more time for a fraction of the memory; results are the same, bit by bit.
    public var recomputesActivations: Bool
    /// The share of values that dropout zeroes wherever the architecture has dropout; nil takes the configuration's rates.
    public var dropout: Float?
    /// The threads that compute.
    public var pool: WorkerPool
    /// The number of outputs of a cross-encoder; nil takes the folder's, and 1 for a folder without a classifier.
    public var labels: Int?
    /// The pooling of a sparse encoder; nil takes the folder's.
    public var spladePooling: ModelModule.SpladePooling?
    /// First values of a parameter that no pass reads, ``TrainableModel/queryTokenWeights``: one for each token; nil for none.
    public var queryTokenWeights: [Float]?
    /// Decides the initial values of weights that the folder does not have.
    public var seed: UInt64

    /// Takes the settings.
    public init(
        precision: TrainingPrecision = .fp32, recomputesActivations: Bool = false, dropout: Float? = nil,
        pool: WorkerPool, labels: Int? = nil, spladePooling: ModelModule.SpladePooling? = nil,
        queryTokenWeights: [Float]? = nil, seed: UInt64 = 42
    ) {
        self.precision = precision
        self.recomputesActivations = recomputesActivations
        self.dropout = dropout
        self.pool = pool
        self.labels = labels
        self.spladePooling = spladePooling
        self.queryTokenWeights = queryTokenWeights
        self.seed = seed
    }
}
