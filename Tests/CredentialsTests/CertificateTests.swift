import Credentials
import Foundation
import TestSupport
import Testing

/// The certificate that a server makes for itself, as OpenSSL reads it.
struct CertificateTests {
    private func openssl(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }

    private func with(_ body: (CertificateFolder) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "certificate-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(CertificateFolder(dataPath: path))
    }

    @Test func othersReadIt() throws {
        try with { folder in
            let certificate = try SelfSignedCertificate(names: ["search.example.org", "192.0.2.7", "2001:db8::1"])
            try folder.write(certificate)
            let text = try openssl([
                "x509", "-in", folder.certificatePath, "-noout", "-text", "-fingerprint", "-sha256",
            ]).text
            for part in [
                "ecdsa-with-SHA256", "prime256v1", "DNS:localhost", "DNS:search.example.org", "IP Address:127.0.0.1",
                "IP Address:0:0:0:0:0:0:0:1", "IP Address:192.0.2.7", "IP Address:2001:DB8:0:0:0:0:0:1", "CA:FALSE",
                "TLS Web Server Authentication", certificate.fingerprint,
            ] {
                #expect(text.contains(part), "\(part) is not in it: \(text)")
            }
            #expect(!text.contains("X509v3 Key Usage"), "BoringSSL would take it as no authority: \(text)")
            let trusted = try openssl(
                [
                    "verify", "-x509_strict", "-CAfile", folder.certificatePath, "-verify_hostname", "localhost",
                    folder.certificatePath,
                ])
            #expect(trusted.status == 0, "\(trusted.text)")
            let other = try openssl(
                [
                    "verify", "-CAfile", folder.certificatePath, "-verify_hostname", "example.org",
                    folder.certificatePath,
                ])
            #expect(other.status != 0)
            // The key is the certificate's.
            let own = try openssl(["pkey", "-in", folder.keyPath, "-pubout"]).text
            let named = try openssl(["x509", "-in", folder.certificatePath, "-noout", "-pubkey"]).text
            #expect(own == named && own.contains("BEGIN PUBLIC KEY"))
        }
    }

    @Test(arguments: [0, 951_782_400, 951_868_800, 1_709_164_800, 2_493_072_000, 2_524_608_000, 4_107_542_400])
    func itsTimesAreThoseOfTheCalendar(_ begin: Int) throws {
        try with { folder in
            try folder.write(try SelfSignedCertificate(now: begin + 3600))
            let text = try openssl(
                ["x509", "-in", folder.certificatePath, "-noout", "-startdate", "-dateopt", "iso_8601"]).text
            let formatter = ISO8601DateFormatter()
            let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(begin)))
                .replacing("T", with: " ")
            #expect(text.contains("notBefore=\(expected)"), "\(text)")
        }
    }

    @Test func theKeyIsForItsOwnerAlone() throws {
        try with { folder in
            #expect(!folder.isFilled)
            try folder.write(try SelfSignedCertificate())
            try folder.write(try SelfSignedCertificate())
            #expect(folder.isFilled)
            func mode(_ path: String) throws -> Int {
                try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
            }
            #expect(try mode(folder.keyPath) == 0o600)
            #expect(try mode(folder.path) == 0o700)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                    "certificate.pem", "key.pem",
                ])
        }
    }
}
