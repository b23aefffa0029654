/// How far a call has come; counted in whole tiles.
public struct EncodingProgress: Sendable, Hashable {
    /// Sequences whose results are ready.
    public let completedSequences: Int
    /// Sequences of the call.
    public let totalSequences: Int
    /// Tokens of the ready sequences.
    public let completedTokens: Int
    /// Tokens of the call, special tokens included.
    public let totalTokens: Int

    /// A progress report.
    public init(completedSequences: Int, totalSequences: Int, completedTokens: Int, totalTokens: Int) {
        self.completedSequences = completedSequences
        self.totalSequences = totalSequences
        self.completedTokens = completedTokens
        self.totalTokens = totalTokens
    }
}

/// What a caller may do while a call runs: stop it and watch it.
///
/// Both closures are called on compute threads between tiles (some milliseconds apart), so they must be short.
public struct EncodingControl: Sendable {
    /// Asked before each tile; true makes the call throw ``EncoderError/Code/cancelled`` once running tiles are done.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Told after each tile; calls do not overlap and counts never go back.
    public var onProgress: (@Sendable (EncodingProgress) -> Void)?

    /// Neither stopped nor watched unless said.
    public init(
        isCancelled: (@Sendable () -> Bool)? = nil, onProgress: (@Sendable (EncodingProgress) -> Void)? = nil
    ) {
        self.isCancelled = isCancelled
        self.onProgress = onProgress
    }
}
