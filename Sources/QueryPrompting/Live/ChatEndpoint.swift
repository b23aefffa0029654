/// Where a language model answers messages at once.
public protocol ChatEndpoint: Sendable {
    /// Asks, and waits for the answer; tries again by itself what may succeed later.
    func answer(_ messages: [ChatMessage]) async throws(ChatFailure) -> ChatAnswer
}

/// What a language model wrote.
public struct ChatAnswer: Sendable, Hashable {
    /// The text.
    public let text: String
    /// Whether it was stopped by its limit of tokens.
    public let isCut: Bool

    /// An answer.
    public init(_ text: String, isCut: Bool = false) {
        self.text = text
        self.isCut = isCut
    }
}

/// Why there is no answer.
public struct ChatFailure: Error, Sendable, Hashable {
    /// How far a failure reaches.
    public enum Reach: Sendable, Hashable {
        /// This question will never be answered; others may be.
        case question
        /// This question may be answered at another time.
        case now
        /// No question will be answered: the key, the address or the model is wrong, or nothing is left to pay with.
        case endpoint
        /// The caller ended the work.
        case cancelled
    }

    /// How far it reaches.
    public let reach: Reach
    /// A code that is counted: `429`, `timeout`, `malformed`.
    public let code: String
    /// What happened, without secrets.
    public let message: String

    /// A failure.
    public init(_ reach: Reach, code: String, message: String) {
        self.reach = reach
        self.code = code
        self.message = message
    }
}
