#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where a server keeps the certificate that it made: `tls` in its data folder.
public struct CertificateFolder: Sendable {
    /// The folder.
    public let path: String

    /// The folder in a data folder; it is made when something is written.
    public init(dataPath: String) { path = dataPath + "/tls" }

    /// The certificate in PEM.
    public var certificatePath: String { path + "/certificate.pem" }
    /// The private key in PEM, which only its owner may read.
    public var keyPath: String { path + "/key.pem" }

    /// Whether both files are there.
    public var isFilled: Bool { access(certificatePath, F_OK) == 0 && access(keyPath, F_OK) == 0 }

    /// Keeps a certificate in place of the one before; after a crash the files may not belong together, which whoever reads them sees.
    ///
    /// - Throws: ``CertificateFolderError``.
    public func write(_ certificate: SelfSignedCertificate) throws(CertificateFolderError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure(path, "made") }
        try write(certificate.key, to: keyPath, mode: 0o600)
        try write(certificate.certificate, to: certificatePath, mode: 0o644)
    }

    private func write(_ text: String, to path: String, mode: mode_t) throws(CertificateFolderError) {
        let beside = path + ".new"
        unlink(beside)
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw failure(beside, "made") }
        let bytes = Array(text.utf8)
        // The process's mask must not open what is to be closed, nor close what others read.
        let isWhole = fchmod(file, mode) == 0 && pwrite(file, bytes, bytes.count, 0) == bytes.count && fsync(file) == 0
        let error = isWhole ? nil : failure(beside, "written")
        close(file)
        if let error { throw error }
        guard rename(beside, path) == 0 else { throw failure(path, "renamed") }
    }

    private func failure(_ path: String, _ verb: String) -> CertificateFolderError {
        CertificateFolderError(
            description: "\(path) cannot be \(verb) (system error \(errno)); look for a full or read-only disk")
    }
}

/// Why a certificate cannot be kept.
public struct CertificateFolderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which file, what happened, and what to do.
    public let description: String
}
