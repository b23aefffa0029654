import ClusterAccess
import ClusterClient
import Credentials
import Foundation
import JSON
import NIOSSL
import TestSupport
import Testing

/// The certificate that a server makes for itself, as those who are given it as their authority take it.
@Suite struct OwnCertificateTests {
    private func with(_ body: (ScriptedServer, CertificateFolder) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let kept = CertificateFolder(dataPath: folder.path)
            try kept.write(SelfSignedCertificate())
            let chain = try NIOSSLCertificate.fromPEMFile(kept.certificatePath).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: kept.keyPath, format: .pem)
            let context = try NIOSSLContext(
                configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
            try await ScriptedServer.with(tls: context) { try await body($0, kept) }
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func aClusterIsTrustedByIt(_ host: String) async throws {
        try await with { server, kept in
            var settings = ClusterSettings(address: "https://\(host):\(server.port)")
            settings.attempts = 1
            settings.authorityFile = kept.certificatePath
            let reply = try await HTTPCluster.with(settings) { try await $0.send(ClusterRequest("GET", "/")) }
            #expect(reply == ClusterReply(status: 200, body: ["ok": true]))
            // Another server's certificate of the same names is not enough.
            let other = CertificateFolder(dataPath: kept.path)
            try other.write(SelfSignedCertificate())
            settings.authorityFile = other.certificatePath
            let wrong = settings
            let error = await #expect(throws: ClusterError.self) {
                try await HTTPCluster.with(wrong) { try await $0.send(ClusterRequest("GET", "/")) }
            }
            #expect(error?.code == .unreachable && error?.reason.contains("no authority") == true)
        }
    }

    private static let python = """
        from ssl import VERIFY_X509_STRICT, create_default_context
        from sys import argv
        from urllib.request import urlopen
        context = create_default_context(cafile=argv[1])
        context.verify_flags |= VERIFY_X509_STRICT
        print(urlopen(argv[2], context=context).read().decode())
        """

    /// Python 3.13 and newer ask strictly without being told to.
    @Test(arguments: [
        ["curl", "--silent", "--show-error", "--cacert", "CERTIFICATE", "ADDRESS"],
        ["python3", "-c", python, "CERTIFICATE", "ADDRESS"],
    ]) func othersTakeItToo(_ command: [String]) async throws {
        try await with { server, kept in
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = command.map { word in
                switch word {
                case "CERTIFICATE": kept.certificatePath
                case "ADDRESS": "https://127.0.0.1:\(server.port)/"
                default: word
                }
            }
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0 && text.contains(#"{"ok":true}"#), "\(text)")
        }
    }
}
