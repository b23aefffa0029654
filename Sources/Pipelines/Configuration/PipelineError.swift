public import Querying

/// What is wrong with a pipeline's definition, or what a processor could not do.
public struct PipelineError: Error, Sendable {
    /// OpenSearch's name of the exception.
    public var type: String
    /// What is wrong and what to do, for a person.
    public var reason: String
    /// The HTTP status.
    public var status: Int
    /// The processor's type, its tag and the property that it is about, as far as known.
    public var details: [(key: String, value: String)]

    /// Makes an error.
    public init(_ type: String, _ reason: String, status: Int = 400, details: [(key: String, value: String)] = []) {
        self.type = type
        self.reason = reason
        self.status = status
        self.details = details
    }

    /// A value that cannot be used.
    public static func illegalArgument(_ reason: String) -> PipelineError {
        PipelineError("illegal_argument_exception", reason)
    }

    /// A fault of a search that a processor made.
    public init(_ error: SearchError) {
        self.init(error.type, error.reason, status: error.status)
    }
}

extension PipelineError: CustomStringConvertible {
    /// Type and reason.
    public var description: String { "\(type): \(reason)" }
}
