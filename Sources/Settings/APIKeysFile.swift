#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file with one API key a line; empty lines and lines that begin with `#` count for nothing.
public enum APIKeysFile {
    /// The keys of a file.
    ///
    /// - Throws: ``SettingsError`` if it cannot be read, has no key, or has one that no header field can carry. Keys are never part
    ///   of the message.
    public static func keys(at path: String) throws(SettingsError) -> [String] {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw SettingsError([
                SettingProblem(place: path, message: "the file with API keys is not there or cannot be read")
            ])
        }
        var keys: [String] = []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let key = line.trimmingSpaces()
            if key.isEmpty || key.hasPrefix("#") { continue }
            guard isUsable(key) else {
                throw SettingsError([
                    SettingProblem(
                        place: "\(path), line \(index + 1)",
                        message: "an API key is visible ASCII characters without spaces, one key a line")
                ])
            }
            keys.append(String(key))
        }
        guard !keys.isEmpty else {
            throw SettingsError([
                SettingProblem(
                    place: path, message: "the file with API keys has none; write one a line, or unset api.keys_file")
            ])
        }
        return keys
    }

    /// Whether an `Authorization` header field can carry a key.
    static func isUsable(_ key: some StringProtocol) -> Bool {
        !key.isEmpty && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
