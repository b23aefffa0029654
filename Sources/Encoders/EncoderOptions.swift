public import Tensors

/// Settings of a loaded model; they hold for all its calls.
public struct EncoderOptions: Sendable {
    /// Compute threads, the caller's included; nil means one for each core that the process may use.
    public var threads: Int?
    /// The arithmetic of the matrix products.
    public var precision: Precision
    /// Cuts every input to this many tokens, special ones included; nil means the model's own limit.
    ///
    /// May exceed the `max_seq_length` that the folder states, but never the positions that the model has.
    public var maxSequenceLength: Int?
    /// How many tokens of whole sequences are taken through the network at once.
    ///
    /// Speed is flat from 64 to 128 (activations stay in a core's second-level cache); results do not depend on it.
    public var tileTokens: Int
    /// Threads that several models share; nil means that the model starts `threads` of its own.
    public var pool: WorkerPool?

    /// The defaults: all cores, float32, the model's own length limit, tiles of 96 tokens.
    public init(
        threads: Int? = nil, precision: Precision = .fp32, maxSequenceLength: Int? = nil, tileTokens: Int = 96,
        pool: WorkerPool? = nil
    ) {
        self.threads = threads
        self.precision = precision
        self.maxSequenceLength = maxSequenceLength
        self.tileTokens = tileTokens
        self.pool = pool
    }
}
