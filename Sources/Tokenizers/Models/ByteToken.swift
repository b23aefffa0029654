/// The names `<0x00>` to `<0xFF>` of the tokens that stand for single bytes.
enum ByteToken {
    /// The name of a byte, in capitals.
    static func name(of byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x" + (digits.count < 2 ? "0" : "") + digits + ">"
    }

    /// The byte that a token stands for, in capitals or not; nil for other tokens.
    ///
    /// A plus sign counts as a digit that is not there (`<0x+A>` is 10): upstream parses with a function that allows it.
    static func byte(of token: String) -> UInt8? {
        let bytes = token.utf8
        guard bytes.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">") else { return nil }
        return UInt8(token.dropFirst(3).dropLast(), radix: 16)
    }
}
