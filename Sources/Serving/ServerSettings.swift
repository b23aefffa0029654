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
    /// Keys whose holders may do everything, shown as `Authorization: Bearer KEY`; without any, and without an authenticator, nobody has to
    /// show one.
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
    /// How long the server keeps accepting and answering after a stop was asked for, while `/readyz` already says no; gives
    /// a load balancer time to look elsewhere.
    public var drainDelay: Duration = .zero
    /// Whether answers are compressed for clients that accept gzip.
    public var compressesResponses = true
    /// Answers below this number of bytes are sent as they are.
    public var compressionThreshold = 1024
    /// Bytes of a request's line and header fields together.
    public var maximumHeaderBytes = 64 << 10
    /// Bytes of all bodies that are held at one time; requests beyond are refused with 503 and `Retry-After`.
    public var maximumBufferedBytes = 1 << 30
    /// Requests that one HTTP/2 connection may have open.
    public var maximumStreams = 100
    /// Origins whose pages may call the server from browsers; `*` means every one, none means that nothing is said.
    public var corsAllowOrigins: [String] = []
    /// Requests that take longer are logged as warnings with the times of their phases; zero switches that off.
    public var slowRequestThreshold: Duration = .seconds(5)
    /// Threads that read and write sockets; models compute on threads of their own.
    public var eventLoopThreads = 1

    /// The defaults.
    public init() {}
}
