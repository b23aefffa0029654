/// Why a text is not a YAML document that can be used.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line of the fault, from 1.
    public let line: Int
    /// The column of the fault in characters, from 1.
    public let column: Int
    /// What is wrong and, where that is not plain, what to do.
    public let message: String

    /// An error.
    public init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// The place and the message.
    public var description: String { "line \(line), column \(column): \(message)" }
}
