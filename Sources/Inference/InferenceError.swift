import Encoders

/// Why a request was not answered, with the limit that it met.
public struct InferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The request has no texts.
        case emptyInput
        /// More texts than ``InferenceSettings/maximumTexts``.
        case tooManyTexts
        /// A text is longer than the model reads and the request forbids cutting it, or the request as a whole is longer
        /// than ``InferenceSettings/maximumRequestTokens``.
        case tooManyTokens
        /// A value of the request is not allowed: an unknown prompt, too many dimensions, ids out of range.
        case invalidValue
        /// No model has this name, or none can do the task.
        case noModel
        /// The model is of another kind than the task needs.
        case wrongModelKind
        /// The model is still loading, or could not be loaded.
        case modelNotReady
        /// The tokenizer gave up on a text.
        case tokenizer
        /// The network failed: a number that is not finite.
        case backend
        /// ``InferenceSettings/maximumConcurrentRequests`` or ``InferenceSettings/maximumWaitingTokens`` is met.
        case overloaded
        /// Waited longer than ``InferenceSettings/queueTimeout``.
        case queueTimeout
        /// The engine is stopping.
        case stopping
        /// The caller went away.
        case cancelled
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong and what to do, as sentences.
    public let message: String
    /// The index of the text that it is about.
    public let textIndex: Int?
    /// The name of the setting whose limit was met, as in configuration files: `max_concurrent_requests`, ….
    public let setting: String?

    /// An error.
    public init(_ code: Code, _ message: String, textIndex: Int? = nil, setting: String? = nil) {
        self.code = code
        self.message = message
        self.textIndex = textIndex
        self.setting = setting
    }

    /// The message.
    public var description: String { message }

    /// What an encoder's failure means to a caller.
    ///
    /// - Parameter text: the text that was being read, if it was one.
    init(_ error: EncoderError, text: Int? = nil) {
        let code: Code =
            switch error.code {
            case .badRequest: .invalidValue
            case .tokenizer: .tokenizer
            case .cancelled: .cancelled
            case .wrongTask: .wrongModelKind
            default: .backend
            }
        let isAboutText = text != nil && error.code == .tokenizer
        self.init(
            code, isAboutText ? "Text \(text ?? 0): \(error.description)" : error.description,
            textIndex: isAboutText ? text : nil)
    }
}
