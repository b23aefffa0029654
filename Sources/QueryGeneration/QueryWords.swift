/// Counts the words of queries, whatever their script.
package enum QueryWords {
    /// How many words a text has: those between blanks; of scripts without blanks, two characters make a word.
    package static func count(_ text: String) -> Int {
        text.split(whereSeparator: \.isWhitespace).reduce(0) { count, word in
            let unspaced = word.unicodeScalars.count(where: isUnspaced)
            return count + max(1, unspaced / 2)
        }
    }

    /// Whether words of a character's script stand without blanks: Thai, Lao, Myanmar, Khmer, kana, Han.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xF900...0xFAFF, 0x20000...0x323AF:
            true
        default: false
        }
    }
}
