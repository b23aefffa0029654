/// Why work with a cluster failed: which request, what the cluster said of it, and what to do next.
///
/// Neither credentials nor bodies are part of it.
public struct ClusterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of a fault, for callers that treat some of them apart.
    public enum Code: String, Sendable, Hashable {
        /// There is no connection, or it broke.
        case unreachable
        /// The cluster did not answer in time.
        case timeout
        /// The caller was cancelled.
        case cancelled
        /// The cluster refused the request; status, type and reason are its own.
        case refused
        /// The answer is larger than is taken.
        case replyTooLarge
        /// The answer is no JSON, or not what the API documents.
        case malformedReply
        /// What was asked for cannot be done with this cluster or index.
        case unsupported
        /// A setting of the caller is wrong.
        case badSetting
        /// Work on the cluster was not finished in the time that it was given, or with another result than it has to have.
        case incomplete
    }

    /// The class of the fault.
    public let code: Code
    /// ``SearchCluster/name`` of the cluster.
    public let cluster: String
    /// Method and path of the request; nil if no request is at fault.
    public let request: String?
    /// The status of the reply; nil without one.
    public let status: Int?
    /// OpenSearch's type of the error, for example `index_not_found_exception`.
    public let type: String?
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// What to do next; empty if there is nothing to say.
    public let advice: String

    /// An error with its evidence.
    public init(
        _ code: Code, cluster: String, request: String? = nil, status: Int? = nil, type: String? = nil, reason: String,
        advice: String = ""
    ) {
        self.code = code
        self.cluster = cluster
        self.request = request
        self.status = status
        self.type = type
        self.reason = reason
        self.advice = advice
    }

    /// One sentence with cluster, request, status, reason and advice.
    public var description: String {
        var text = cluster
        if let request { text += ": \(request)" }
        if let status { text += " answered \(status)" }
        if let type { text += " [\(type)]" }
        text += ": \(reason)."
        return advice.isEmpty ? text : "\(text) \(advice)"
    }
}
