/// Porter's algorithm for suffix stripping (1980), with the departures of the author's later programs, as Lucene has it.
///
/// Works on the bytes of a word in place. Characters beyond ASCII count as one consonant each.
struct PorterStemmer: TokenFilter {
    func apply(to batch: inout TokenBatch) {
        let arena = batch.arena.base
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            guard token.length > 2, !token.isKeyword else { continue }
            var word = PorterWord(text: arena + Int(token.start), last: Int(token.length) - 1)
            word.stem()
            batch.tokens.base[index].length = Int32(truncatingIfNeeded: word.last + 1)
        }
    }
}

/// The word being stemmed.
struct PorterWord {
    private let text: UnsafeMutablePointer<UInt8>
    /// The last byte of the word.
    private(set) var last: Int
    /// The last byte of the stem in front of the suffix that ``ends(with:)`` has found.
    private var stemLast = 0

    init(text: UnsafeMutablePointer<UInt8>, last: Int) {
        self.text = text
        self.last = last
    }

    mutating func stem() {
        // Shorter words, counted in UTF-16 as Lucene does, stay; a continuation byte is no character.
        if last < 8, UTF8Scalar.utf16Count(text, last + 1) <= 2 { return }
        plurals()
        yToI()
        doubleSuffixes()
        suffixes()
        longSuffixes()
        finalE()
    }

    /// Whether the byte belongs to a consonant; bytes inside a character count with its first byte.
    @inline(__always)
    private func isConsonant(_ index: Int) -> Bool {
        switch text[index] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
        case UInt8(ascii: "y"): index == 0 ? true : !isConsonant(index - 1)
        default: true
        }
    }

    /// How many sequences of vowels and consonants the stem has: [C](VC)^m[V].
    private func measure() -> Int {
        var count = 0
        var index = 0
        while true {
            if index > stemLast { return count }
            if !isConsonant(index) { break }
            index += 1
        }
        index += 1
        while true {
            while true {
                if index > stemLast { return count }
                if isConsonant(index) { break }
                index += 1
            }
            index += 1
            count += 1
            while true {
                if index > stemLast { return count }
                if !isConsonant(index) { break }
                index += 1
            }
            index += 1
        }
    }

    private func hasVowelInStem() -> Bool {
        var index = 0
        while index <= stemLast {
            if !isConsonant(index) { return true }
            index += 1
        }
        return false
    }

    /// Whether the word ends at `index` with a double consonant.
    private func isDoubleConsonant(_ index: Int) -> Bool {
        guard index >= 1 else { return false }
        if text[index] >= 0x80 {
            // Two equal characters: compare their bytes.
            let length = UTF8Scalar.decode(text, before: index + 1).length
            guard index + 1 >= 2 * length else { return false }
            for step in 0..<length where text[index - step] != text[index - length - step] { return false }
            return true
        }
        return text[index] == text[index - 1] && isConsonant(index)
    }

    /// Consonant, vowel, consonant at `index`, the last one none of w, x, y.
    private func isShort(_ index: Int) -> Bool {
        guard index >= 2, isConsonant(index) else { return false }
        var middle = index
        if text[index] >= 0x80 { middle = index - UTF8Scalar.decode(text, before: index + 1).length + 1 }
        guard middle >= 2, !isConsonant(middle - 1), isConsonant(middle - 2) else { return false }
        switch text[index] {
        case UInt8(ascii: "w"), UInt8(ascii: "x"), UInt8(ascii: "y"): return false
        default: return true
        }
    }

    @inline(__always)
    private mutating func ends(with suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        guard last + 1 >= length else { return false }
        let bytes = suffix.utf8Start
        var index = length - 1
        while index >= 0 {
            if text[last - length + 1 + index] != bytes[index] { return false }
            index -= 1
        }
        stemLast = last - length
        return true
    }

    private mutating func set(_ suffix: StaticString) {
        let length = suffix.utf8CodeUnitCount
        for index in 0..<length { text[stemLast + 1 + index] = suffix.utf8Start[index] }
        last = stemLast + length
    }

    private mutating func replace(_ suffix: StaticString) {
        if measure() > 0 { set(suffix) }
    }

    /// Step 1a and 1b: plurals, -ed and -ing.
    private mutating func plurals() {
        if text[last] == UInt8(ascii: "s") {
            if ends(with: "sses") {
                last -= 2
            } else if ends(with: "ies") {
                set("i")
            } else if last >= 1, text[last - 1] != UInt8(ascii: "s") {
                last -= 1
            }
        }
        // -eed, -ed and -ing.
        guard text[last] == UInt8(ascii: "d") || text[last] == UInt8(ascii: "g") else { return }
        if ends(with: "eed") {
            if measure() > 0 { last -= 1 }
        } else if ends(with: "ed") || ends(with: "ing"), hasVowelInStem() {
            last = stemLast
            if ends(with: "at") {
                set("ate")
            } else if ends(with: "bl") {
                set("ble")
            } else if ends(with: "iz") {
                set("ize")
            } else if isDoubleConsonant(last) {
                let final = text[last]
                let length = final < 0x80 ? 1 : UTF8Scalar.decode(text, before: last + 1).length
                if final != UInt8(ascii: "l"), final != UInt8(ascii: "s"), final != UInt8(ascii: "z") {
                    last -= length
                }
            } else if measure() == 1, isShort(last) {
                set("e")
            }
        }
    }

    /// Step 1c: a final y behind a stem with a vowel becomes i.
    private mutating func yToI() {
        if ends(with: "y"), hasVowelInStem() { text[last] = UInt8(ascii: "i") }
    }

    /// Step 2: double suffixes become single ones.
    private mutating func doubleSuffixes() {
        guard last > 0 else { return }
        switch text[last - 1] {
        case UInt8(ascii: "a"):
            if ends(with: "ational") { replace("ate") } else if ends(with: "tional") { replace("tion") }
        case UInt8(ascii: "c"):
            if ends(with: "enci") { replace("ence") } else if ends(with: "anci") { replace("ance") }
        case UInt8(ascii: "e"):
            if ends(with: "izer") { replace("ize") }
        case UInt8(ascii: "l"):
            if ends(with: "bli") {
                replace("ble")
            } else if ends(with: "alli") {
                replace("al")
            } else if ends(with: "entli") {
                replace("ent")
            } else if ends(with: "eli") {
                replace("e")
            } else if ends(with: "ousli") {
                replace("ous")
            }
        case UInt8(ascii: "o"):
            if ends(with: "ization") {
                replace("ize")
            } else if ends(with: "ation") {
                replace("ate")
            } else if ends(with: "ator") {
                replace("ate")
            }
        case UInt8(ascii: "s"):
            if ends(with: "alism") {
                replace("al")
            } else if ends(with: "iveness") {
                replace("ive")
            } else if ends(with: "fulness") {
                replace("ful")
            } else if ends(with: "ousness") {
                replace("ous")
            }
        case UInt8(ascii: "t"):
            if ends(with: "aliti") {
                replace("al")
            } else if ends(with: "iviti") {
                replace("ive")
            } else if ends(with: "biliti") {
                replace("ble")
            }
        case UInt8(ascii: "g"):
            if ends(with: "logi") { replace("log") }
        default: break
        }
    }

    /// Step 3: -ic-, -full, -ness and so on.
    private mutating func suffixes() {
        switch text[last] {
        case UInt8(ascii: "e"):
            if ends(with: "icate") {
                replace("ic")
            } else if ends(with: "ative") {
                replace("")
            } else if ends(with: "alize") {
                replace("al")
            }
        case UInt8(ascii: "i"):
            if ends(with: "iciti") { replace("ic") }
        case UInt8(ascii: "l"):
            if ends(with: "ical") { replace("ic") } else if ends(with: "ful") { replace("") }
        case UInt8(ascii: "s"):
            if ends(with: "ness") { replace("") }
        default: break
        }
    }

    /// Step 4: -ant, -ence and so on behind a stem of measure two.
    private mutating func longSuffixes() {
        guard last > 0 else { return }
        let found: Bool
        switch text[last - 1] {
        case UInt8(ascii: "a"): found = ends(with: "al")
        case UInt8(ascii: "c"): found = ends(with: "ance") || ends(with: "ence")
        case UInt8(ascii: "e"): found = ends(with: "er")
        case UInt8(ascii: "i"): found = ends(with: "ic")
        case UInt8(ascii: "l"): found = ends(with: "able") || ends(with: "ible")
        case UInt8(ascii: "n"):
            found = ends(with: "ant") || ends(with: "ement") || ends(with: "ment") || ends(with: "ent")
        case UInt8(ascii: "o"):
            if ends(with: "ion"), stemLast >= 0,
                text[stemLast] == UInt8(ascii: "s") || text[stemLast] == UInt8(ascii: "t")
            {
                found = true
            } else {
                found = ends(with: "ou")
            }
        case UInt8(ascii: "s"): found = ends(with: "ism")
        case UInt8(ascii: "t"): found = ends(with: "ate") || ends(with: "iti")
        case UInt8(ascii: "u"): found = ends(with: "ous")
        case UInt8(ascii: "v"): found = ends(with: "ive")
        case UInt8(ascii: "z"): found = ends(with: "ize")
        default: found = false
        }
        if found, measure() > 1 { last = stemLast }
    }

    /// Step 5: a final -e, and one l of -ll.
    private mutating func finalE() {
        guard text[last] == UInt8(ascii: "e") || text[last] == UInt8(ascii: "l") else { return }
        stemLast = last
        if text[last] == UInt8(ascii: "e") {
            let count = measure()
            if count > 1 || count == 1 && !isShort(last - 1) { last -= 1 }
        }
        if text[last] == UInt8(ascii: "l"), isDoubleConsonant(last), measure() > 1 { last -= 1 }
    }
}
