/// The printable scalars that stand for bytes in byte-level vocabularies (GPT-2): bytes that print as Latin-1 stand for
/// themselves, the others for U+0100 and up, in order.
package enum ByteLevelAlphabet {
    private static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (0..<256).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt32(byte)
            default:
                next += 1
                return next - 1
            }
        }
    }()

    private static let bytes: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = UInt8(byte) }
        return table
    }()

    /// The scalar that stands for `byte`.
    package static func scalar(of byte: UInt8) -> UInt32 { scalars[Int(byte)] }

    /// The byte that `scalar` stands for.
    package static func byte(of scalar: UInt32) -> UInt8? { scalar < 0x144 ? bytes[Int(scalar)] : nil }
}
