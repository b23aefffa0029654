import ModelFiles

/// A model archive as its upload sees it: parts, and a checksum over all.
struct PackedArchive {
    private let file: FileBytes
    /// Bytes of a part.
    private let chunkBytes: Int
    /// The SHA-256, in hexadecimal.
    let digest: String

    init(_ path: String, chunkBytes: Int) throws(ModelFileError) {
        self.chunkBytes = chunkBytes
        file = try FileBytes(path: path)
        guard file.count > 0 else { throw ModelFileError(.malformed, path: path, reason: "the archive is empty") }
        var hash = SHA256()
        file.withUnsafeBytes { hash.add($0) }
        digest = hash.hexadecimal()
    }

    var byteCount: Int { file.count }
    var chunkCount: Int { (file.count + chunkBytes - 1) / chunkBytes }

    /// The bytes of a part.
    func chunk(_ number: Int) -> [UInt8] {
        file.withUnsafeBytes { bytes in
            let start = number * chunkBytes
            return Array(bytes[start..<min(bytes.count, start + chunkBytes)])
        }
    }
}
