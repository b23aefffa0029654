/// What ASCII characters are in word breaking, in bits; 0 for those that only separate.
enum ASCIIClass {
    static let letter: UInt8 = 1
    static let digit: UInt8 = 2
    static let connector: UInt8 = 4
    /// A mark that may join letters or digits.
    static let mark: UInt8 = 8
    /// \# and \*, which begin an emoji before a combining character.
    static let keycap: UInt8 = 16
    /// Not ASCII.
    static let wide: UInt8 = 128

    static let table: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): letter
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit
        case UInt8(ascii: "_"): connector
        case UInt8(ascii: "."), UInt8(ascii: "'"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: ";"): mark
        case UInt8(ascii: "#"), UInt8(ascii: "*"): keycap
        case 128...: wide
        default: 0
        }
    }
}

/// The words of 64 bytes of ASCII as bit masks: runs of letters, runs of what is no white space, or words by the rules of UAX #29 that
/// matter in ASCII.
///
/// By the latter, letters, digits and low lines belong together; full stop and apostrophe join two letters or two digits, a colon two letters, comma and
/// semicolon two digits.
struct ASCIIWordBlock {
    /// Where words begin.
    let starts: UInt64
    /// Behind the last character of words; a word that goes on in the next block ends there.
    let ends: UInt64

    /// What words are made of.
    enum Rule { case unicodeWords, letters, notWhitespace }

    /// What the block before ended with.
    struct Carry {
        fileprivate var letter: UInt64 = 0
        fileprivate var digit: UInt64 = 0
        fileprivate var word: UInt64 = 0
    }

    private struct Masks {
        var letter: UInt64 = 0
        var digit: UInt64 = 0
        var connector: UInt64 = 0
        var quote: UInt64 = 0
        var colon: UInt64 = 0
        var comma: UInt64 = 0
        var space: UInt64 = 0
    }

    /// Reads up to 64 of the `count` bytes that are left, and copies them, lower-cased if asked for, to `target` (64 bytes are written).
    @inline(__always)
    init(
        _ text: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>, _ fold: ASCIIFold,
        _ rule: Rule, _ carry: inout Carry
    ) {
        var masks = Masks()
        if count >= 64 {
            Self.read(UnsafeRawPointer(text), target, fold, rule, &masks)
        } else {
            withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { padded in
                guard let base = padded.baseAddress else { return }
                base.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
                base.copyMemory(from: text, byteCount: count)
                Self.read(UnsafeRawPointer(base), target, fold, rule, &masks)
            }
        }
        let word: UInt64
        switch rule {
        case .unicodeWords: word = masks.letter | masks.digit | masks.connector | Self.joins(masks, text, count, carry)
        case .letters: word = masks.letter
        case .notWhitespace: word = ~masks.space & (count >= 64 ? .max : (1 << UInt64(count)) &- 1)
        }
        let before = word << 1 | carry.word
        starts = word & ~before
        ends = ~word & before
        carry = Carry(letter: masks.letter >> 63, digit: masks.digit >> 63, word: word >> 63)
    }

    /// Marks that join what is on both sides of them.
    @inline(__always)
    private static func joins(
        _ masks: Masks, _ text: UnsafePointer<UInt8>, _ count: Int, _ carry: Carry
    ) -> UInt64 {
        // The first byte of the next block decides about a mark at the end of this one.
        var nextLetter: UInt64 = 0
        var nextDigit: UInt64 = 0
        if count > 64 {
            let next = text[64]
            nextLetter = (next | 0x20) &- 0x61 < 26 ? 1 << 63 : 0
            nextDigit = next &- 0x30 < 10 ? 1 << 63 : 0
        }
        let letters = (masks.letter << 1 | carry.letter) & (masks.letter >> 1 | nextLetter)
        let digits = (masks.digit << 1 | carry.digit) & (masks.digit >> 1 | nextDigit)
        return (masks.quote | masks.colon) & letters | (masks.quote | masks.comma) & digits
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The high bits of eight bytes as eight bits.
    @inline(__always)
    private static func gather(_ bits: UInt64) -> UInt64 { ((bits >> 7) &* 0x0102_0408_1020_4080) >> 56 }

    /// High bits where the byte, below 0x80, equals a character.
    @inline(__always)
    private static func equal(_ bytes: UInt64, _ character: UInt64) -> UInt64 { highs &- (bytes ^ ones &* character) }

    /// High bits where the byte, below 0x80, lies in a range.
    @inline(__always)
    private static func within(_ bytes: UInt64, _ low: UInt64, _ high: UInt64) -> UInt64 {
        (bytes &+ ones &* (0x80 &- low)) & ~(bytes &+ ones &* (0x7F &- high))
    }

    @inline(__always)
    private static func read(
        _ text: UnsafeRawPointer, _ target: UnsafeMutablePointer<UInt8>, _ fold: ASCIIFold, _ rule: Rule,
        _ masks: inout Masks
    ) {
        for part in 0..<8 {
            let bytes = text.loadUnaligned(fromByteOffset: part * 8, as: UInt64.self)
            let place = UInt64(part * 8)
            let letter = within(bytes | ones &* 0x20, 0x61, 0x7A) & highs
            let copy = fold == .lower ? bytes | letter >> 2 : bytes
            UnsafeMutableRawPointer(target + part * 8).storeBytes(of: copy, as: UInt64.self)
            switch rule {
            case .letters: masks.letter |= gather(letter) << place
            case .notWhitespace:
                let space = equal(bytes, 0x20) | within(bytes, 0x09, 0x0D) | within(bytes, 0x1C, 0x1F)
                masks.space |= gather(space & highs) << place
            case .unicodeWords:
                masks.letter |= gather(letter) << place
                masks.digit |= gather(within(bytes, 0x30, 0x39) & highs) << place
                masks.connector |= gather(equal(bytes, 0x5F) & highs) << place
                masks.quote |= gather((equal(bytes, 0x2E) | equal(bytes, 0x27)) & highs) << place
                masks.colon |= gather(equal(bytes, 0x3A) & highs) << place
                masks.comma |= gather((equal(bytes, 0x2C) | equal(bytes, 0x3B)) & highs) << place
            }
        }
    }
}
