import Crypto

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What the contents of a file must hash to.
enum ContentDigest: Sendable, Hashable {
    /// SHA-256, as large files of the hub and OpenSearch's artifacts have it.
    case sha256(String)
    /// The name of a git blob, SHA-1 of `blob LENGTH\0` and the contents, which small files of the hub have; some mirrors give the
    /// SHA-1 of the contents alone.
    case git(String)

    /// The digest that an ETag is; nil if it is none.
    init?(etag: String) {
        let isHex = etag.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        switch (isHex, etag.utf8.count) {
        case (true, 64): self = .sha256(etag)
        case (true, 40): self = .git(etag)
        default: return nil
        }
    }

    /// Whether the contents of a file have this digest.
    func matches(_ path: String) throws(HubError) -> Bool {
        switch self {
        case .sha256(let expected):
            var hash = SHA256()
            try Self.read(path) { hash.update(bufferPointer: $0) }
            return Self.hex(hash.finalize()) == expected
        case .git(let expected):
            var blob = Insecure.SHA1()
            var plain = Insecure.SHA1()
            blob.update(data: [UInt8]("blob \(CacheFiles.size(path) ?? 0)\0".utf8))
            try Self.read(path) {
                blob.update(bufferPointer: $0)
                plain.update(bufferPointer: $0)
            }
            return [Self.hex(blob.finalize()), Self.hex(plain.finalize())].contains(expected)
        }
    }

    private static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(HubError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CacheFiles.fault(path, "opening") }
        defer { close(descriptor) }
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = block.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw CacheFiles.fault(path, "reading")
            }
            block.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
        return text
    }
}

// Inside the type, its own `read` hides the system's.
private func systemRead(_ descriptor: Int32, _ block: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, block.baseAddress, block.count)
}
