/// The limits and habits of an engine.
///
/// Every limit is told by name in the error that it causes.
public struct InferenceSettings: Sendable, Hashable {
    /// Compute threads, 1 to 1024; nil means one for each core that the process may use. `threads`
    public var threads: Int?
    /// The wished number of tokens of a tile, the unit of work of a thread. `tile_tokens`
    public var tileTokens = 96
    /// Requests that are in the engine at once, waiting or being computed; more are refused. `max_concurrent_requests`
    public var maximumConcurrentRequests = 512
    /// Texts of one request. `max_client_batch_size`
    public var maximumTexts = 4096
    /// Tokens of one request after cutting. `max_request_tokens`
    public var maximumRequestTokens = 2_000_000
    /// Tokens of all requests in the engine: what bounds its memory.
    ///
    /// Until its texts are tokenised, a request counts with the most tokens that texts of their lengths make. A request
    /// that does not fit is refused, unless it is the only one. `max_waiting_tokens`
    public var maximumWaitingTokens = 4_000_000
    /// How long a request may wait for its first tile. `queue_timeout`
    public var queueTimeout: Duration = .seconds(30)
    /// What happens to texts that are longer than the model reads, unless a request says otherwise. `long_texts`
    public var longTexts: LongTextPolicy = .truncate
    /// Whether texts may be cut when a request does not say; false makes long texts an error. `auto_truncate`
    public var truncatesByDefault = true

    /// The defaults.
    public init() {}
}

/// What happens to a text that is longer than the model reads.
public enum LongTextPolicy: Sendable, Hashable {
    /// It is cut, and the result says so.
    case truncate
    /// It is scored window by window; the best window's score is the text's, and the result says which it was.
    ///
    /// - Parameters:
    ///   - overlap: tokens that a window repeats from the one before it.
    ///   - maximumWindows: windows of one text at most; what is behind them is cut, and the result says so.
    case chunk(overlap: Int = 32, maximumWindows: Int = 64)
    /// It is an error that names the text and the limit.
    case refuse
}
