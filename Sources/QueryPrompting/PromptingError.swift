/// Why no queries came of a language model: what is wrong, where, and what to do next.
///
/// No error holds a key.
public struct PromptingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault, for programs.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A setting that cannot be.
        case badSetting
        /// The documents do not fit.
        case badData
        /// A file or folder cannot be read.
        case unreadable
        /// A file cannot be written.
        case cannotWrite
        /// The endpoint refuses all requests: another key, address or model is needed, or an account with something left.
        case refused
        /// The endpoint answers nothing for now; at another time it may.
        case unavailable
        /// The caller ended the work.
        case cancelled
    }

    /// The kind of fault.
    public let code: Code
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// What to do next, as a sentence without its full stop.
    public let advice: String

    /// An error with its evidence.
    public init(_ code: Code, _ reason: String, advice: String) {
        self.code = code
        self.reason = reason
        self.advice = advice
    }

    static let cancelled = PromptingError(
        .cancelled, "the work was stopped", advice: "Start it again: what was answered is kept")

    /// One line: what, and what to do.
    public var description: String { "\(reason). \(advice)." }
}
