import ClusterClient
import Foundation
import TestSupport

/// The built server in a process of its own, with documents, TLS and a password, on a free port.
final class ServedNode {
    static let password = "Developer@123"

    private let process = Process()
    private let log: URL
    /// Its data folder.
    let data: String
    let address: String

    /// Runs `body` with a server that is stopped afterwards.
    static func with(_ body: (ServedNode) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let node = try await ServedNode(folder)
            do {
                try await body(node)
            } catch {
                node.stop()
                throw error
            }
            node.stop()
        }
    }

    private init(_ folder: TemporaryFolder) async throws {
        data = folder.path + "/data"
        log = URL(filePath: folder.path + "/err")
        try Data().write(to: log)
        process.executableURL = URL(filePath: BuiltProgram.path)
        process.arguments = ["serve", "--data", data, "--port", "0"]
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "HF_HUB_OFFLINE": "1", "NEEDLETAIL_LIMITS_THREADS": "1",
            "NEEDLETAIL_INITIAL_ADMIN_PASSWORD": Self.password,
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        var found: String?
        while found == nil, process.isRunning {
            try await Task.sleep(for: .milliseconds(50))
            let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
            guard lines.contains(where: { $0.hasPrefix("Ready") }) else { continue }
            found = lines.last { $0.contains("listening") }?.split(separator: " ").last.map(String.init)
        }
        guard let found else {
            throw StartFailure(description: try String(contentsOf: log, encoding: .utf8))
        }
        address = found
    }

    /// How the administrator reaches it.
    var settings: ClusterSettings {
        var settings = ClusterSettings(
            address: address, credentials: .basic(user: "admin", password: Self.password))
        settings.authorityFile = data + "/tls/certificate.pem"
        return settings
    }

    private func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    struct StartFailure: Error, CustomStringConvertible {
        let description: String
    }
}
