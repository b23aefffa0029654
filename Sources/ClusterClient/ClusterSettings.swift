/// How a cluster is reached over HTTP.
public struct ClusterSettings: Sendable, Hashable {
    /// The address, for example `https://search.example.com:9200`, with a path if the cluster answers under one; `https` where no scheme is written.
    public var address: String
    /// Who asks.
    public var credentials: ClusterCredentials
    /// A PEM file with the certificates of the authorities that are trusted, instead of the system's; nil for the system's.
    public var authorityFile: String?
    /// Whether certificates are not checked, and credentials may go to other machines without TLS.
    public var isInsecure = false
    /// How long a connection may take.
    public var connectTimeout = Duration.seconds(10)
    /// How long a request may take until its reply is complete.
    public var requestTimeout = Duration.seconds(120)
    /// How often a request is sent at most: again after 429, 502, 503, 504, and where no connection could be made.
    public var attempts = 6
    /// The wait before the second attempt; it doubles from one to the next, and `Retry-After` may lengthen it.
    public var retryDelay = Duration.milliseconds(500)
    /// The longest wait between attempts, also where the cluster asks for more.
    public var longestRetryDelay = Duration.seconds(60)
    /// Bytes of a reply at most.
    public var replyLimit = 256 << 20

    /// Settings with the defaults of the properties.
    public init(address: String, credentials: ClusterCredentials = .none) {
        self.address = address
        self.credentials = credentials
    }
}
