/// What is wrong with a file of judgements, queries, documents or results, where, and what to do about it.
public struct RelevanceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault, for programs.
    public enum Code: String, Sendable {
        /// The file or folder cannot be opened or read.
        case unreadable
        /// A line does not have the form that the format demands.
        case malformedLine
        /// The same document appears twice where it may appear once.
        case duplicate
        /// Two things that have to fit together do not.
        case mismatch
    }

    /// The kind of fault.
    public let code: Code
    /// The file or folder concerned.
    public let path: String
    /// The line, counted from 1, when a line is at fault.
    public let line: Int?
    /// What was found and what was expected.
    public let reason: String
    /// What to do next.
    public let advice: String

    /// An error with its evidence.
    public init(_ code: Code, path: String, line: Int? = nil, reason: String, advice: String) {
        self.code = code
        self.path = path
        self.line = line
        self.reason = reason
        self.advice = advice
    }

    /// One sentence with place, fact and advice.
    public var description: String {
        let place = line.map { "\(path), line \($0)" } ?? path
        return advice.isEmpty ? "\(place): \(reason)." : "\(place): \(reason). \(advice)"
    }
}
