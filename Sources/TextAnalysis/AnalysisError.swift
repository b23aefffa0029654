/// A definition or a text that cannot be analysed; OpenSearch's `illegal_argument_exception`.
public struct AnalysisError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, in OpenSearch's words where it has some.
    public let reason: String

    /// An error with this reason.
    public init(_ reason: String) { self.reason = reason }

    /// The reason.
    public var description: String { reason }
}
