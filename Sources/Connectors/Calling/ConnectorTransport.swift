/// A request to a service, ready to be sent.
public struct ConnectorCall: Sendable, Hashable {
    /// The HTTP method.
    public let method: String
    /// The address.
    public let url: String
    /// Headers in order, secrets in them.
    public let headers: [(name: String, value: String)]
    /// The body; empty if there is none.
    public let body: [UInt8]
    /// Whether the address may lead to this machine or into a private network.
    public let allowsPrivateAddresses: Bool

    /// A request.
    public init(
        method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
        allowsPrivateAddresses: Bool
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.allowsPrivateAddresses = allowsPrivateAddresses
    }

    /// Whether two calls are the same.
    public static func == (left: ConnectorCall, right: ConnectorCall) -> Bool {
        left.method == right.method && left.url == right.url && left.body == right.body
            && left.allowsPrivateAddresses == right.allowsPrivateAddresses
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }

    /// Hashes what is no secret.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(method)
        hasher.combine(url)
    }
}

/// What a service answered.
public struct ConnectorAnswer: Sendable, Hashable {
    /// The HTTP status.
    public let status: Int
    /// `x-amzn-ErrorType`, by which services of AWS tell that they are too busy.
    public let errorType: String?
    /// `Retry-After`, by which a service that is too busy says when to come again.
    public let retryAfter: String?
    /// The body.
    public let body: [UInt8]

    /// An answer.
    public init(status: Int, errorType: String? = nil, retryAfter: String? = nil, body: [UInt8]) {
        self.status = status
        self.errorType = errorType
        self.retryAfter = retryAfter
        self.body = body
    }
}

/// Why no answer came.
public enum ConnectorTransportError: Error, Sendable, Hashable {
    /// The name leads to a private address, which the settings do not allow.
    case privateAddress(host: String)
    /// The name, the connection or the time; a sentence without secrets.
    case failed(String)
}

/// Sends requests to services: the network, or what a test makes up.
///
/// An implementation looks a host's name up once and connects to what it has checked; it follows no redirect.
public protocol ConnectorTransport: Sendable {
    /// Sends one request and waits for the whole answer.
    func send(_ call: ConnectorCall, _ config: ConnectorClientConfig) async throws(ConnectorTransportError)
        -> ConnectorAnswer
}

/// Seals credentials for the disk.
public protocol CredentialCipher: Sendable {
    /// Makes a text that only this node can open.
    func seal(_ secret: String) throws -> String
    /// Opens a text that was sealed here.
    func open(_ sealed: String) throws -> String
}
