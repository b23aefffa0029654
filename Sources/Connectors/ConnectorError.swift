/// A fault of a connector as OpenSearch tells it: a status, a type that clients branch on, and a reason.
///
/// Reasons never hold credentials, nor headers or bodies that were made with them.
public struct ConnectorError: Error, Sendable, Hashable {
    /// The HTTP status.
    public let status: Int
    /// The name of OpenSearch's exception in snake case without its prefix.
    public let type: String
    /// What is wrong and what to do.
    public let reason: String

    /// A fault.
    public init(_ status: Int, _ type: String, _ reason: String) {
        self.status = status
        self.type = type
        self.reason = reason
    }

    /// A value that cannot be used.
    static func illegalArgument(_ reason: String) -> ConnectorError {
        ConnectorError(400, "illegal_argument_exception", reason)
    }

    /// Something that OpenSearch tells by its status alone.
    static func status(_ status: Int, _ reason: String) -> ConnectorError {
        ConnectorError(status, "status_exception", reason)
    }

    /// An answer of the remote service that cannot be used.
    static func answer(_ reason: String) -> ConnectorError { ConnectorError(500, "m_l_exception", reason) }
}
