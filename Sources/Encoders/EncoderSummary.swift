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
    /// Why it is that arithmetic, in words: asked for, or what `auto` went by.
    public let precisionReason: String
    /// Compute threads, the caller's included.
    public let threads: Int
    /// The time from opening the folder to being ready.
    public let loadTime: Duration
    /// Tensors of the weight files that nothing uses, sorted; heads of other tasks, mostly.
    public let unusedTensors: [String]

    /// The precision with its reason, for a line of a log or report: `int8 (recorded quality passes)`.
    public var arithmetic: String { "\(precision.rawValue) (\(precisionReason))" }

    package init(
        architecture: String, parameterCount: Int, layerCount: Int, hiddenSize: Int, precision: Precision,
        precisionReason: String, threads: Int, loadTime: Duration, unusedTensors: [String]
    ) {
        self.architecture = architecture
        self.parameterCount = parameterCount
        self.layerCount = layerCount
        self.hiddenSize = hiddenSize
        self.precision = precision
        self.precisionReason = precisionReason
        self.threads = threads
        self.loadTime = loadTime
        self.unusedTensors = unusedTensors
    }

    /// The same with another number of threads, for those who compute on threads of their own.
    package func with(threads: Int) -> EncoderSummary {
        EncoderSummary(
            architecture: architecture, parameterCount: parameterCount, layerCount: layerCount, hiddenSize: hiddenSize,
            precision: precision, precisionReason: precisionReason, threads: threads, loadTime: loadTime,
            unusedTensors: unusedTensors)
    }
}
