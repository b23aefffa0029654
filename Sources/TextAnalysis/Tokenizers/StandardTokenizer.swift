/// Words by Unicode's rules (UAX #29), as Lucene's `StandardTokenizer` cuts them.
///
/// Stretches of ASCII are cut by a loop of their own, which knows the few rules that matter there; where a character beyond ASCII can
/// have a say, ``UnicodeWordScanner`` decides from the start of the token on.
struct StandardTokenizer: TextTokenizer {
    /// The longest token in UTF-16 code units; what is longer is cut.
    var maxTokenLength = 255
    /// Whether tokens are lower-cased while they are copied.
    var lowercases = false

    func lowercasing() -> (any TextTokenizer)? {
        StandardTokenizer(maxTokenLength: maxTokenLength, lowercases: true)
    }

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        ASCIIClass.table.withUnsafeBufferPointer { classes in
            lowercases
                ? scan(base, text.count, ASCIIFold.lower, classes, &batch)
                : scan(base, text.count, ASCIIFold.none, classes, &batch)
        }
    }

    @inline(__always)
    private func scan(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ fold: ASCIIFold, _ classes: UnsafeBufferPointer<UInt8>,
        _ batch: inout TokenBatch
    ) {
        let limit = maxTokenLength
        let scanner = UnicodeWordScanner.shared
        batch.arena.reserve(ASCIIFold.room(count))
        let arena = batch.arena.base
        var write = batch.arena.count
        var index = 0
        // UTF-16 code units that the text before has less than bytes.
        var shrink = 0
        scan: while index < count {
            var byte = text[index]
            var kind = classes[Int(byte)]
            if kind & (ASCIIClass.word | ASCIIClass.wide | ASCIIClass.keycap) == 0 {
                index += 1
                continue
            }
            let start = index
            let tokenStart = write
            var seen: UInt8 = 0
            let isASCII: Bool
            ascii: do {
                if kind & ASCIIClass.word == 0 {
                    // Not ASCII, or # and *, which begin an emoji before a combining character.
                    isASCII = false
                    if kind & ASCIIClass.keycap != 0, index + 1 >= count || text[index + 1] < 0x80 {
                        index += 1
                        continue scan
                    }
                    break ascii
                }
                while true {
                    repeat {
                        seen |= kind
                        arena[write] = byte | (fold == .lower ? kind & ASCIIClass.caseBit : 0)
                        write += 1
                        index += 1
                        if index == count {
                            isASCII = true
                            break ascii
                        }
                        byte = text[index]
                        kind = classes[Int(byte)]
                    } while kind & ASCIIClass.word != 0
                    if kind == 0 || kind == ASCIIClass.keycap {
                        isASCII = true
                        break ascii
                    }
                    if kind & ASCIIClass.wide != 0 {
                        isASCII = false
                        break ascii
                    }
                    // One of ' . , ; : between two characters that it may join.
                    guard index + 1 < count else {
                        isASCII = true
                        break ascii
                    }
                    let behind = classes[Int(text[index + 1])]
                    if behind & ASCIIClass.wide != 0 {
                        isASCII = false
                        break ascii
                    }
                    let both = classes[Int(text[index - 1])] & behind & kind & (ASCIIClass.letter | ASCIIClass.digit)
                    if both == 0 || behind & ASCIIClass.word == 0 {
                        isASCII = true
                        break ascii
                    }
                    arena[write] = byte
                    write += 1
                    index += 1
                    byte = text[index]
                    kind = behind
                }
            }
            if isASCII, index - start <= limit {
                if seen & (ASCIIClass.letter | ASCIIClass.digit) != 0 {
                    batch.tokens.append(
                        TokenRecord(
                            start: Int32(truncatingIfNeeded: tokenStart),
                            length: Int32(truncatingIfNeeded: write - tokenStart),
                            startOffset: Int32(truncatingIfNeeded: start - shrink),
                            endOffset: Int32(truncatingIfNeeded: index - shrink),
                            type: seen & ASCIIClass.letter != 0 ? .alphanumeric : .number))
                } else {
                    write = tokenStart
                }
                continue
            }
            write = tokenStart
            index = start
            guard let match = scanner.match(text, from: start, to: count, limit: limit) else {
                let length = UTF8Scalar.decode(text, at: start).length
                shrink += length - UTF8Scalar.utf16Width(ofBytes: length)
                index += length
                continue
            }
            write += fold.copy(text + start, match.bytes, to: arena + write)
            batch.tokens.append(
                TokenRecord(
                    start: Int32(truncatingIfNeeded: tokenStart),
                    length: Int32(truncatingIfNeeded: write - tokenStart),
                    startOffset: Int32(truncatingIfNeeded: start - shrink),
                    endOffset: Int32(truncatingIfNeeded: start - shrink + match.units), type: match.type))
            index += match.bytes
            shrink += match.bytes - match.units
        }
        batch.arena.count = write
        batch.endOffset = Int32(truncatingIfNeeded: count - shrink)
    }
}

/// What ASCII characters are in word breaking, in bits; 0 for those that only separate.
private enum ASCIIClass {
    static let letter: UInt8 = 1
    static let digit: UInt8 = 2
    static let connector: UInt8 = 4
    /// Letters, digits and _: what is never cut apart.
    static let word: UInt8 = 4
    /// A mark that joins letters (with `letter`) or digits (with `digit`) when one is on each side.
    static let mark: UInt8 = 8
    static let keycap: UInt8 = 16
    /// Upper-case letters; also the bit by which the cases differ.
    static let caseBit: UInt8 = 32
    static let wide: UInt8 = 128

    static let table: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter | word
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter | word | caseBit
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit | word
        case UInt8(ascii: "_"): connector
        case UInt8(ascii: "."), UInt8(ascii: "'"): mark | letter | digit
        case UInt8(ascii: ":"): mark | letter
        case UInt8(ascii: ","), UInt8(ascii: ";"): mark | digit
        case UInt8(ascii: "#"), UInt8(ascii: "*"): keycap
        case 128...: wide
        default: 0
        }
    }
}
