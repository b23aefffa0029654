import ModelFiles

/// Hashes with and without a key, for signatures.
enum Digest {
    /// SHA-256 of some bytes, in hexadecimal.
    static func sha256(_ bytes: [UInt8]) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.add($0) }
        return hash.hexadecimal()
    }

    /// HMAC-SHA256 of RFC 2104.
    static func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? raw(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        return raw(block.map { $0 ^ 0x5C } + raw(block.map { $0 ^ 0x36 } + bytes))
    }

    /// Bytes in hexadecimal.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func raw(_ bytes: [UInt8]) -> [UInt8] {
        let text = Array(sha256(bytes).utf8)
        func digit(_ byte: UInt8) -> UInt8 { byte < 0x3A ? byte - 0x30 : byte - 0x57 }
        return stride(from: 0, to: text.count, by: 2).map { digit(text[$0]) << 4 | digit(text[$0 + 1]) }
    }
}
