/// What a loaded model is, in numbers that a listing or a log line shows.
public struct EncoderSummary: Sendable, Hashable {
    /// The architecture's `model_type`, for example `bert`.
    public let architecture: String
    /// The number of weights that the model uses.
    public let parameterCount: Int
    /// Transformer layers.
    public let layerCount: Int
    /// The width of the hidden states.
    public let hiddenSize: Int
    /// The arithmetic of the matrix products.
    public let precision: Precision
    /// Compute threads, the caller's included.
    public let threads: Int
    /// The time from opening the folder to being ready.
    public let loadTime: Duration
    /// Tensors of the weight files that nothing uses, sorted; heads of other tasks, mostly.
    public let unusedTensors: [String]

    package init(
        architecture: String, parameterCount: Int, layerCount: Int, hiddenSize: Int, precision: Precision, threads: Int,
        loadTime: Duration, unusedTensors: [String]
    ) {
        self.architecture = architecture
        self.parameterCount = parameterCount
        self.layerCount = layerCount
        self.hiddenSize = hiddenSize
        self.precision = precision
        self.threads = threads
        self.loadTime = loadTime
        self.unusedTensors = unusedTensors
    }

    /// The same with another number of threads, for those who compute on threads of their own.
    package func with(threads: Int) -> EncoderSummary {
        EncoderSummary(
            architecture: architecture, parameterCount: parameterCount, layerCount: layerCount, hiddenSize: hiddenSize,
            precision: precision, threads: threads, loadTime: loadTime, unusedTensors: unusedTensors)
    }
}
