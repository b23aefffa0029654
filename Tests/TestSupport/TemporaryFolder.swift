#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder that exists for the time of a test.
public struct TemporaryFolder: Sendable {
    /// Its absolute path.
    public let path: String

    /// Makes a folder, hands it to `body`, and removes it with everything in it.
    public static func with<Result>(_ body: (TemporaryFolder) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "needletail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(TemporaryFolder(path: url.path))
    }

    /// Makes a folder for work that waits, and removes it afterwards.
    public static func with<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryFolder) async throws -> Result
    ) async throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "needletail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(TemporaryFolder(path: url.path))
    }

    /// Writes a file, with the folders on the way to it, over what was there.
    public func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// Writes a text file.
    public func write(_ text: String, to name: String) throws {
        try write([UInt8](text.utf8), to: name)
    }

    /// Copies a file from elsewhere.
    public func copy(_ source: String, to name: String) throws {
        try write([UInt8](try Data(contentsOf: URL(filePath: source))), to: name)
    }
}
