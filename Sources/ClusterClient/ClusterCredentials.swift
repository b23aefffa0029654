/// How a cluster is told who asks.
public enum ClusterCredentials: Sendable, Hashable {
    /// Nobody in particular.
    case none
    /// A user and a password: RFC 7617.
    case basic(user: String, password: String)
    /// An API key as the cluster gave it out, `Authorization: ApiKey ...`.
    case apiKey(String)
    /// A token, `Authorization: Bearer ...`.
    case bearer(String)
    /// A key of AWS, with which requests are signed (Signature Version 4); the service is `es` for Amazon OpenSearch Service, `aoss` for its serverless kind.
    case signature(accessKey: String, secretKey: String, sessionToken: String?, region: String, service: String)

    /// Whether there is something to be kept from others.
    var isSecret: Bool { self != .none }
}

extension ClusterCredentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind alone.
    public var description: String {
        switch self {
        case .none: "no credentials"
        case .basic: "a user and a password"
        case .apiKey: "an API key"
        case .bearer: "a token"
        case .signature(_, _, _, let region, let service): "signatures of AWS for \(service) in \(region)"
        }
    }

    /// The kind alone.
    public var debugDescription: String { description }
}
