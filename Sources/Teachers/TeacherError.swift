public import Encoders
public import Relevance

/// Why pairs could not be scored, or scores not be read or written: where, what, and what to do next.
public struct TeacherError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault, for programs.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The model of a teacher could not be loaded or could not compute.
        case model
        /// A file cannot be opened or read.
        case unreadable
        /// A line does not have the form that the format demands.
        case malformedLine
        /// Stored scores lack a pair.
        case missingScore
        /// Two things that have to fit together do not.
        case mismatch
        /// A file cannot be written.
        case cannotWrite
        /// A setting that cannot be.
        case badRequest
    }

    /// The kind of fault.
    public let code: Code
    /// The file or folder concerned.
    public let path: String?
    /// The line, counted from 1, when a line is at fault.
    public let line: Int?
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// What to do next, as a sentence without its full stop.
    public let advice: String

    /// An error with its evidence.
    public init(_ code: Code, path: String? = nil, line: Int? = nil, _ reason: String, advice: String) {
        self.code = code
        self.path = path
        self.line = line
        self.reason = reason
        self.advice = advice
    }

    /// What an encoder could not do.
    public init(_ error: EncoderError) {
        var text = error.description
        if let path = error.path, text.hasPrefix(path + ": ") { text.removeFirst(path.count + 2) }
        let advice = error.advice
        if text.hasSuffix(". \(advice).") { text.removeLast(advice.count + 3) }
        self.init(.model, path: error.path, text, advice: advice)
    }

    /// What a reader of lines found.
    public init(_ error: RelevanceError) {
        var advice = error.advice
        if advice.hasSuffix(".") { advice.removeLast() }
        self.init(
            error.code == .unreadable ? .unreadable : .malformedLine, path: error.path, line: error.line, error.reason,
            advice: advice)
    }

    /// One line: where, what, and what to do.
    public var description: String {
        let place = path.map { path in line.map { "\(path), line \($0): " } ?? "\(path): " } ?? ""
        return "\(place)\(reason). \(advice)."
    }
}

/// The last part of a path: what people call a model's folder.
func modelName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
