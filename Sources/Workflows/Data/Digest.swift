import ModelFiles

/// The hashes of `States.Hash`, for telling data apart and not for secrets.
///
/// They are written out because the levels up to 4 take no package from elsewhere (`scripts/check-arrows`): swift-crypto, which has them, begins at level 5.
enum Digest: String, CaseIterable {
    case md5 = "MD5"
    case sha1 = "SHA-1"
    case sha256 = "SHA-256"
    case sha384 = "SHA-384"
    case sha512 = "SHA-512"

    /// The digest under a name, in lower-case hexadecimal.
    static func hexadecimal(_ bytes: [UInt8], _ name: String) throws(DataFault) -> String {
        guard let digest = Digest(rawValue: name) else {
            let names = allCases.map(\.rawValue).joined(separator: ", ")
            throw DataFault("'\(name)' is no algorithm; take one of \(names)")
        }
        return digest.hexadecimal(bytes)
    }

    func hexadecimal(_ bytes: [UInt8]) -> String {
        switch self {
        case .md5: return Self.text(Self.md5(bytes).map(\.byteSwapped))
        case .sha1: return Self.text(Self.sha1(bytes))
        case .sha256:
            var digest = SHA256()
            bytes.withUnsafeBytes { digest.add($0) }
            return digest.hexadecimal()
        case .sha384: return Self.text(Self.sha512(bytes, DigestConstants.start384).prefix(6))
        case .sha512: return Self.text(Self.sha512(bytes, DigestConstants.start512)[...])
        }
    }

    private static func text<Word: FixedWidthInteger>(_ words: some Sequence<Word>) -> String {
        words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: Word.bitWidth / 4 - digits.count) + digits
        }.joined()
    }

    /// The bytes, a one bit, zeros, and the number of bits in the last eight bytes, in blocks of words.
    private static func blocks<Word: FixedWidthInteger & UnsignedInteger>(
        of bytes: [UInt8], isBigEndian: Bool = true
    ) -> [[Word]] {
        let width = Word.bitWidth / 8
        var padded = bytes + [0x80]
        // The length takes two words; of SHA-512's sixteen bytes the upper eight are zeros here.
        while (padded.count + 2 * width) % (16 * width) != 0 { padded.append(0) }
        padded += [UInt8](repeating: 0, count: 2 * width - 8)
        let bits = UInt64(bytes.count) * 8
        for byte in 0..<8 {
            padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * (isBigEndian ? 7 - byte : byte))))
        }
        return stride(from: 0, to: padded.count, by: 16 * width).map { start in
            (0..<16).map { word in
                (0..<width).reduce(Word(0)) { value, byte in
                    let next = Word(padded[start + word * width + byte])
                    return isBigEndian ? value << 8 | next : value | next << Word(8 * byte)
                }
            }
        }
    }

    private static func rotate<Word: FixedWidthInteger & UnsignedInteger>(_ word: Word, left count: Int) -> Word {
        word << Word(count) | word >> Word(Word.bitWidth - count)
    }

    /// RFC 1321.
    private static func md5(_ bytes: [UInt8]) -> [UInt32] {
        let turns = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
        for block: [UInt32] in blocks(of: bytes, isBigEndian: false) {
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            for step in 0..<64 {
                let mixed: UInt32
                let word: Int
                switch step / 16 {
                case 0: (mixed, word) = (b & c | ~b & d, step)
                case 1: (mixed, word) = (d & b | ~d & c, (5 * step + 1) % 16)
                case 2: (mixed, word) = (b ^ c ^ d, (3 * step + 5) % 16)
                default: (mixed, word) = (c ^ (b | ~d), 7 * step % 16)
                }
                let sum = a &+ mixed &+ DigestConstants.sines[step] &+ block[word]
                (a, d, c, b) = (d, c, b, b &+ rotate(sum, left: turns[step / 16][step % 4]))
            }
            state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
        }
        return state
    }

    /// FIPS 180-4, section 6.1.
    private static func sha1(_ bytes: [UInt8]) -> [UInt32] {
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
        for block: [UInt32] in blocks(of: bytes) {
            var words = block
            for i in 16..<80 {
                words.append(rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], left: 1))
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for i in 0..<80 {
                let mixed: UInt32
                let constant: UInt32
                switch i / 20 {
                case 0: (mixed, constant) = (b & c | ~b & d, 0x5a82_7999)
                case 1: (mixed, constant) = (b ^ c ^ d, 0x6ed9_eba1)
                case 2: (mixed, constant) = (b & c | b & d | c & d, 0x8f1b_bcdc)
                default: (mixed, constant) = (b ^ c ^ d, 0xca62_c1d6)
                }
                let sum = rotate(a, left: 5) &+ mixed &+ e &+ constant &+ words[i]
                (e, d, c, b, a) = (d, c, rotate(b, left: 30), a, sum)
            }
            state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
        }
        return state
    }

    /// FIPS 180-4, section 6.4.
    private static func sha512(_ bytes: [UInt8], _ start: [UInt64]) -> [UInt64] {
        func turn(_ word: UInt64, _ count: Int) -> UInt64 { rotate(word, left: 64 - count) }
        var state = start
        for block: [UInt64] in blocks(of: bytes) {
            var words = block
            for i in 16..<80 {
                let (x, y) = (words[i - 15], words[i - 2])
                let first = turn(x, 1) ^ turn(x, 8) ^ (x >> 7)
                let second = turn(y, 19) ^ turn(y, 61) ^ (y >> 6)
                words.append(words[i - 16] &+ first &+ words[i - 7] &+ second)
            }
            var s = state
            for i in 0..<80 {
                let sum1 = turn(s[4], 14) ^ turn(s[4], 18) ^ turn(s[4], 41)
                let choice = (s[4] & s[5]) ^ (~s[4] & s[6])
                let first = s[7] &+ sum1 &+ choice &+ DigestConstants.roots[i] &+ words[i]
                let sum0 = turn(s[0], 28) ^ turn(s[0], 34) ^ turn(s[0], 39)
                let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
                s = [first &+ sum0 &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
            }
            state = zip(state, s).map { $0 &+ $1 }
        }
        return state
    }
}
