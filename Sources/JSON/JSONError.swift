/// Why a text is not the JSON that was asked for, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// The class of a fault, for callers that treat some of them apart.
    public enum Code: String, Sendable, Hashable {
        /// The text breaks the grammar of RFC 8259.
        case syntax
        /// The text ends inside a value.
        case truncated
        /// The bytes are not UTF-8.
        case invalidUTF8
        /// A value has another type than the caller reads.
        case unexpectedType
        /// A number does not fit the type in which it is kept.
        case numberOutOfRange
        /// Deeper or longer than ``JSONLimits`` allow.
        case limitExceeded
    }

    /// The class of the fault.
    public let code: Code
    /// Bytes before the fault, from the start of the text.
    public let offset: Int
    /// The line of the fault, from 1; lines end with a line feed.
    public let line: Int
    /// The column of the fault within its line, in bytes, from 1.
    public let column: Int
    /// What is wrong, as a sentence without its full stop.
    public let reason: String

    /// Makes an error from its parts.
    public init(code: Code, offset: Int, line: Int, column: Int, reason: String) {
        self.code = code
        self.offset = offset
        self.line = line
        self.column = column
        self.reason = reason
    }
}

extension JSONError: CustomStringConvertible {
    /// Place and reason in one line, as compilers write them.
    public var description: String { "line \(line), column \(column) (byte \(offset)): \(reason)" }
}
