import ModelFiles

/// A model archive as its upload sees it: parts of 10 MB, and a checksum over all.
struct PackedArchive {
    /// Bytes of a part; ML Commons takes no larger ones.
    private static let largestChunk = 10_000_000

    private let file: FileBytes
    /// The SHA-256, in hexadecimal.
    let digest: String

    init(_ path: String) throws(ModelFileError) {
        file = try FileBytes(path: path)
        guard file.count > 0 else { throw ModelFileError(.malformed, path: path, reason: "the archive is empty") }
        var hash = SHA256()
        file.withUnsafeBytes { hash.add($0) }
        digest = hash.hexadecimal()
    }

    var byteCount: Int { file.count }
    var chunkCount: Int { (file.count + Self.largestChunk - 1) / Self.largestChunk }

    /// The bytes of a part.
    func chunk(_ number: Int) -> [UInt8] {
        file.withUnsafeBytes { bytes in
            let start = number * Self.largestChunk
            return Array(bytes[start..<min(bytes.count, start + Self.largestChunk)])
        }
    }
}
