internal import NIOHTTP2
internal import NIOSSL
import Synchronization

/// The server's certificate, which can be read anew while it runs.
final class Certificates: Sendable {
    private let certificatePath: String
    private let keyPath: String
    private let context: Mutex<NIOSSLContext>

    /// Reads both files.
    ///
    /// - Throws: ``ServerError`` if they cannot be read or do not belong together.
    init(certificatePath: String, keyPath: String) throws {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        context = Mutex(try Self.load(certificatePath, keyPath))
    }

    /// For the next connection.
    var current: NIOSSLContext { context.withLock { $0 } }

    /// Reads the files again; connections that are open keep what they have.
    ///
    /// If that fails, nothing changes.
    func reload() throws {
        let fresh = try Self.load(certificatePath, keyPath)
        context.withLock { $0 = fresh }
    }

    private static func load(_ certificatePath: String, _ keyPath: String) throws -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
            let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
            configuration.minimumTLSVersion = .tlsv12
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(
                "TLS cannot be set up from the certificate \(certificatePath) and the key \(keyPath): \(error); "
                    + "both must be PEM files that belong together and that this user may read")
        }
    }
}
