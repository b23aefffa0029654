/// Turns the visible characters that stand for bytes back into bytes, and the bytes of all tokens into one text.
///
/// A token with any other character counts as its own UTF-8. Ill-formed UTF-8 becomes U+FFFD.
struct ByteLevelDecoder: TokenDecoder {
    func decodeChain(_ tokens: [String]) -> [String] {
        var bytes: [UInt8] = []
        for token in tokens {
            let start = bytes.count
            for scalar in token.unicodeScalars {
                guard let byte = VisibleBytes.byte(of: scalar) else {
                    bytes.removeSubrange(start...)
                    bytes.append(contentsOf: token.utf8)
                    break
                }
                bytes.append(byte)
            }
        }
        return [String(decoding: bytes, as: UTF8.self)]
    }
}

/// The 256 visible characters that stand for bytes in GPT-2's tokenizer.
///
/// Printable Latin-1 characters stand for themselves; the other 68 bytes take the characters from U+0100 on, in order.
private enum VisibleBytes {
    private static let isVisible: [Bool] = (0..<256).map {
        (33...126).contains($0) || (161...172).contains($0) || $0 >= 174
    }
    /// The bytes of U+0100, U+0101, ...
    private static let hidden: [UInt8] = (0..<256).filter { !isVisible[$0] }.map { UInt8($0) }

    /// The byte that a character stands for.
    static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        let value = Int(scalar.value)
        if value < 256 { return isVisible[value] ? UInt8(value) : nil }
        return value - 256 < hidden.count ? hidden[value - 256] : nil
    }
}
