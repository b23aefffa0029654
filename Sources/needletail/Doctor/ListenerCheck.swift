import Serving
import Settings

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether a server with these settings can listen, and who could then call it.
struct ListenerCheck {
    let settings: ProgramSettings
    let now = Int(Date().timeIntervalSince1970)

    var findings: [Finding] { [address] + tls + access + secrets }

    private var server: ServerSettings { settings.server }

    private var isLocal: Bool { ["127.0.0.1", "::1", "localhost"].contains(server.host) }

    // MARK: Address

    private var address: Finding {
        let place = "\(server.host), port \(server.port)"
        guard let failure = Self.failureToListen(on: server.host, port: server.port) else {
            return Finding(.ok, "address", "\(place): free")
        }
        return Finding(.problem, "address", "\(place): \(failure). Change api.host or api.port, or stop what is there.")
    }

    /// Why nobody can listen there; nil if one can.
    private static func failureToListen(on host: String, port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &hints, &found)
        guard status == 0, let found else { return String(cString: gai_strerror(status)) }
        defer { freeaddrinfo(found) }
        let descriptor = socket(found.pointee.ai_family, found.pointee.ai_socktype, found.pointee.ai_protocol)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        // As the server does: connections of an earlier one that are still closing are no hindrance.
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0, listen(descriptor, 1) == 0 else {
            return String(cString: strerror(errno))
        }
        return nil
    }

    // MARK: TLS

    private var tls: [Finding] {
        do {
            if settings.usesOwnCertificate, server.certificatePath == nil {
                return [Finding(.ok, "tls", "with a certificate that the server makes, keeps in data.path and renews")]
            }
            guard let certificate = try CertificateReport(server) else {
                return [Finding(.ok, "tls", "off: HTTP in clear text")]
            }
            let days = (certificate.notAfter - now) / 86_400
            if certificate.notBefore > now {
                return [Finding(.problem, "tls", "the certificate is not valid yet. Check the clock.")]
            }
            if certificate.notAfter <= now {
                return [
                    Finding(.problem, "tls", "the certificate expired \(Numbers.counted(-days, "day")) ago. Renew it.")
                ]
            }
            let text = "certificate and key belong together; valid for \(Numbers.counted(days, "more day"))"
            return [
                days < 14
                    ? Finding(.warning, "tls", text + ". Renew it; SIGHUP makes a running server read it again.")
                    : Finding(.ok, "tls", text)
            ]
        } catch {
            return [Finding(.problem, "tls", "\(error)")]
        }
    }

    // MARK: Keys

    private var access: [Finding] {
        if server.apiKeys.isEmpty, settings.checksAccess {
            return [Finding(.ok, "keys", "none in the settings: the users of the data folder may call")] + clearText
        }
        if server.apiKeys.isEmpty {
            return [
                isLocal
                    ? Finding(.ok, "keys", "none: every program on this machine may call")
                    : Finding(
                        .warning, "keys",
                        "none: whoever reaches \(server.host) may call. Set api.keys_file, or listen on 127.0.0.1.")
            ]
        }
        let count = Numbers.counted(server.apiKeys.count, "key")
        var findings = [Finding(.ok, "keys", count)] + clearText
        if server.apiKeys.contains(where: { $0.utf8.count < 16 }) {
            findings.append(
                Finding(.warning, "keys", "some are shorter than 16 characters; 'openssl rand -hex 32' makes good ones")
            )
        }
        if Set(server.apiKeys).count < server.apiKeys.count {
            findings.append(Finding(.warning, "keys", "the same key is there more than once"))
        }
        return findings
    }

    private var clearText: [Finding] {
        guard server.certificatePath == nil, !settings.usesOwnCertificate, !isLocal else { return [] }
        return [
            Finding(
                .warning, "keys",
                "they travel in clear text to \(server.host). Set api.tls_certificate and api.tls_key, unless a proxy in "
                    + "front does TLS.")
        ]
    }

    /// Files that only their owner should read.
    private var secrets: [Finding] {
        [("api.keys_file", settings.apiKeysPath), ("api.tls_key", server.keyPath)].compactMap { name, path in
            var status = stat()
            guard let path, stat(path, &status) == 0, status.st_mode & 0o037 != 0 else { return nil }
            return Finding(
                .warning, "keys",
                "\(path) (\(name)) is open to other users. 'chmod 600' (or 640, for a group) closes it.")
        }
    }
}
