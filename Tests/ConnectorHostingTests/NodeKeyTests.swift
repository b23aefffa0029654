import ConnectorHosting
import Foundation
import TestSupport
import Testing

/// Credentials at rest.
@Suite struct NodeKeyTests {
    private func with(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "needletail-key-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path + "/connectors.key")
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func secretsComeBack() throws {
        try with { path in
            let key = NodeKey(path: path)
            #expect(!FileManager.default.fileExists(atPath: path))
            for secret in ["", "sk-123", "grüß 🚀\n", String(repeating: "x", count: 10_000)] {
                let sealed = try key.seal(secret)
                #expect(secret.isEmpty || !sealed.contains(secret))
                #expect(try key.open(sealed) == secret)
                // A new nonce each time.
                #expect(try key.seal(secret) != sealed)
                // Another process with the same file.
                #expect(try NodeKey(path: path).open(sealed) == secret)
            }
            #expect(try mode(path) == 0o600)
            #expect(try Data(contentsOf: URL(filePath: path)).count == 32)
        }
    }

    @Test func nothingElseOpens() throws {
        try with { path in
            let sealed = try NodeKey(path: path).seal("secret")
            try with { other in
                let stranger = NodeKey(path: other)
                _ = try stranger.seal("x")
                #expect(throws: (any Error).self) { try stranger.open(sealed) }
                // Opening makes no key.
                let missing = other + ".none"
                #expect(throws: NodeKeyError.self) { try NodeKey(path: missing).open(sealed) }
                #expect(!FileManager.default.fileExists(atPath: missing))
            }
            var bytes = try #require(Data(base64Encoded: String(sealed.dropFirst(3))))
            bytes[bytes.count - 1] ^= 1
            for broken in ["v1:" + bytes.base64EncodedString(), "v2:" + sealed.dropFirst(3), "v1:!", "secret", ""] {
                #expect(throws: (any Error).self) { try NodeKey(path: path).open(broken) }
            }
        }
    }

    @Test func filesThatOthersReadAreRefused() throws {
        try with { path in
            let sealed = try NodeKey(path: path).seal("secret")
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            #expect {
                try NodeKey(path: path).open(sealed)
            } throws: { "\($0)".contains("chmod 600") }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            try Data([1, 2, 3]).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(throws: NodeKeyError.self) { try NodeKey(path: path).seal("x") }
        }
    }
}
