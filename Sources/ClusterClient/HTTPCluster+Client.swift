import AsyncHTTPClient
import ClusterAccess
import NIOCore
import NIOSSL

extension HTTPCluster {
    /// A client for one cluster.
    static func client(_ settings: ClusterSettings, _ address: ClusterAddress) throws(ClusterError) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if settings.isInsecure { tls.certificateVerification = .none }
        if let file = settings.authorityFile {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
            } catch {
                throw ClusterError(
                    .badSetting, cluster: address.text, reason: "\(file) cannot be read as PEM certificates",
                    advice: "Give the file of the authority that signed the cluster's certificate.")
            }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(settings.connectTimeout), read: TimeAmount(settings.requestTimeout)),
            decompression: .disabled)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

extension TimeAmount {
    /// Rounded down to microseconds.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .microseconds(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
