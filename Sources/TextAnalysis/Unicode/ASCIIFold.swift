/// How bytes are copied from a text to a token: as they are, or lower-cased character by character.
enum ASCIIFold: Sendable {
    case none
    case lower

    /// The bytes that a copy of so many may need: lower case has more of them for two letters, U+023A and U+023E (three for two).
    static func room(_ count: Int) -> Int { count + count / 2 + 16 }

    /// Copies valid UTF-8 and answers the bytes written, at most ``room(_:)``.
    @inline(__always)
    func copy(_ source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        guard self == .lower else {
            target.update(from: source, count: count)
            return count
        }
        var read = 0
        var write = 0
        while read < count {
            let byte = source[read]
            if byte < 0x80 {
                target[write] = byte &- 65 < 26 ? byte | 0x20 : byte
                read += 1
                write += 1
            } else {
                let (scalar, length) = UTF8Scalar.decode(source, at: read)
                write += UTF8Scalar.encode(JavaCharacter.lowercase(scalar), to: target + write)
                read += length
            }
        }
        return write
    }
}
