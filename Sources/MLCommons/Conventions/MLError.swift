/// A fault of ML Commons as OpenSearch tells it: a status, a type that clients branch on, and a reason.
public struct MLError: Error, Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// The name of OpenSearch's exception in snake case without its prefix: `illegal_argument_exception`.
    public var type: String
    /// What is wrong and, where it is not plain, what to do.
    public var reason: String

    /// A fault.
    public init(_ status: Int, _ type: String, _ reason: String) {
        self.status = status
        self.type = type
        self.reason = reason
    }
}

extension MLError: CustomStringConvertible {
    /// Type and reason.
    public var description: String { "\(type): \(reason)" }
}

extension MLError {
    /// A value that cannot be used.
    static func illegalArgument(_ reason: String) -> MLError { MLError(400, "illegal_argument_exception", reason) }

    /// A fault that OpenSearch tells by its status alone.
    static func status(_ status: Int, _ reason: String) -> MLError { MLError(status, "status_exception", reason) }

    /// A body of another shape than asked for.
    static func parsing(_ reason: String) -> MLError { MLError(400, "parsing_exception", reason) }

    /// Several things that are missing or wrong in one request.
    public static func validation(_ problems: [String]) -> MLError {
        MLError(
            400, "action_request_validation_exception",
            "Validation Failed: " + problems.enumerated().map { "\($0.offset + 1): \($0.element);" }.joined())
    }

    /// A model that there is not.
    static func noModel(_ id: String) -> MLError {
        .status(404, "Failed to find model with the provided model id: \(id)")
    }

    /// A model group that there is not.
    static func noModelGroup(_ id: String) -> MLError {
        .status(404, "Failed to find model group with the provided model group id: \(id)")
    }

    /// A task that there is not.
    static let noTask = MLError.status(404, "Failed to find task")
}
