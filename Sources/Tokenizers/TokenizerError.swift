/// What went wrong while a tokenizer was read or while it encoded a text.
///
/// The error carries evidence (the file, the path inside the JSON document) and a sentence that says what to do next.
public struct TokenizerError: Error, Sendable, Hashable {
    /// The kinds of failure that a caller may want to tell apart.
    public enum Code: String, Sendable, Hashable {
        /// A file of the tokenizer is missing or cannot be read.
        case unreadableFile
        /// A file is not the JSON (or the line format) that it should be.
        case malformedFile
        /// The document names a component that this library does not know.
        case unknownComponent
        /// A component is known, but one of its settings is missing, of the wrong type or out of range.
        case invalidSetting
        /// The truncation settings cannot be fulfilled for this text.
        case truncation
        /// The model met a text that it has no tokens for, and it has no unknown token.
        case missingUnknownToken
        /// A pattern took too many steps on a text, or could not be searched for.
        case matchLimit
        /// The text is longer than offsets can tell (2^30 bytes).
        case textTooLong
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, with expected and given values.
    public var reason: String
    /// The file that the failure is about, if there is one.
    public var file: String?
    /// The place inside the JSON document, such as `pre_tokenizer.pretokenizers[1].pattern`.
    public var location: String?

    /// Makes an error from its parts.
    public init(_ code: Code, _ reason: String, file: String? = nil, location: String? = nil) {
        self.code = code
        self.reason = reason
        self.file = file
        self.location = location
    }
}

extension TokenizerError: CustomStringConvertible {
    /// One line: file, place, reason.
    public var description: String {
        var line = "tokenizer"
        if let file { line += " \(file)" }
        if let location { line += " at \(location)" }
        return line + ": " + reason
    }
}
