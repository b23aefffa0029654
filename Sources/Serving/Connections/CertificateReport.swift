internal import NIOSSL

/// What a server's certificate is good for, as far as its files tell.
public struct CertificateReport: Sendable, Hashable {
    /// Seconds since 1970 at which it begins to be valid.
    public let notBefore: Int
    /// Seconds since 1970 at which it ends to be valid.
    public let notAfter: Int

    /// Reads certificate and key as a server does when it starts; nil if the settings have none.
    ///
    /// - Throws: ``ServerError`` if one of them cannot be read, or they do not belong together.
    public init?(_ settings: ServerSettings) throws {
        guard let certificatePath = settings.certificatePath, let keyPath = settings.keyPath else { return nil }
        _ = try Certificates(certificatePath: certificatePath, keyPath: keyPath)
        guard let certificate = try NIOSSLCertificate.fromPEMFile(certificatePath).first else {
            throw ServerError("\(certificatePath): there is no certificate in it")
        }
        notBefore = Int(certificate.notValidBefore)
        notAfter = Int(certificate.notValidAfter)
    }
}
