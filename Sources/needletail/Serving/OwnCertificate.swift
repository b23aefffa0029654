import Credentials
import Serving
import Settings

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The certificate that a server makes for itself, kept in the data folder and made anew before it expires.
struct OwnCertificate: Sendable {
    private let folder: CertificateFolder
    private let host: String

    /// Nil if the settings have a certificate, or want none.
    init?(_ settings: ProgramSettings) {
        guard settings.usesOwnCertificate, let path = settings.dataPath else { return nil }
        folder = CertificateFolder(dataPath: path)
        host = settings.server.host
    }

    /// Days before its end at which it is replaced.
    private static let margin = 30

    /// Puts its files into settings.
    func use(in settings: inout ServerSettings) {
        settings.certificatePath = folder.certificatePath
        settings.keyPath = folder.keyPath
    }

    /// Makes it if it is not there, does not belong together, or ends soon; what to tell comes back if it did.
    func renewIfNeeded() throws(CommandFailure) -> String? {
        var settings = ServerSettings()
        use(in: &settings)
        let now = Int(Date().timeIntervalSince1970)
        if folder.isFilled, let report = try? CertificateReport(settings), report.notBefore <= now,
            report.notAfter > now + Self.margin * 86_400
        {
            return nil
        }
        do {
            let certificate = try SelfSignedCertificate(names: [host], now: now)
            try folder.write(certificate)
            return
                "a certificate was made for \(certificate.names.joined(separator: ", ")): \(folder.certificatePath), SHA-256 "
                + certificate.fingerprint
        } catch {
            throw CommandFailure(.badConfiguration, "the server's own certificate: \(error)")
        }
    }

    /// Looks after it twice a day; `renewed` is called after it was made anew.
    func keep(_ renewed: (String) -> Void) async throws {
        while true {
            try await Task.sleep(for: .seconds(43_200))
            if let note = try renewIfNeeded() { renewed(note) }
        }
    }
}
