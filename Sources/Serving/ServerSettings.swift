/// Where and how a server listens, and what it takes from clients.
public struct ServerSettings: Sendable, Hashable {
    /// The address to listen on: a name, an IPv4 or an IPv6 address.
    public var host = "127.0.0.1"
    /// The port; 0 means any free one.
    public var port = 8080
    /// A PEM file with the certificate and its chain; with `keyPath` it turns TLS (and HTTP/2 by ALPN) on.
    public var certificatePath: String?
    /// A PEM file with the certificate's private key.
    public var keyPath: String?
    /// Keys of which a request must show one as `Authorization: Bearer KEY`; empty means that nobody has to.
    public var apiKeys: [String] = []
    /// Whether `/metrics` may be read without a key.
    public var metricsAreOpen = true
    /// Bytes of a request's body, as sent and after decompression.
    public var maximumBodyBytes = 64 << 20
    /// Open connections; more wait in the system's queue.
    public var maximumConnections = 16_384
    /// From the first byte of a request to the end of its header fields.
    public var headerTimeout: Duration = .seconds(10)
    /// From the end of the header fields to the end of the body.
    public var bodyTimeout: Duration = .seconds(60)
    /// How long a connection may stay open without a request.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a client may take to read its answer.
    public var writeTimeout: Duration = .seconds(60)
    /// How long requests in flight may take after a stop was asked for.
    public var drainTimeout: Duration = .seconds(30)
    /// Whether answers are compressed for clients that accept gzip.
    public var compressesResponses = true

    /// The defaults.
    public init() {}
}
