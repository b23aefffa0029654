/// Light stemmers by Jacques Savoy (UniNE) and, for English, Donna Harman's s-stemmer; words in UTF-16, as Lucene counts their letters.
enum LightStemmers {
    /// Whether the word ends so; a suffix has letters of Latin-1 only.
    @inline(__always)
    private static func ends(_ word: [UInt16], _ suffix: StaticString) -> Bool {
        let bytes = suffix.utf8Start
        var index = suffix.utf8CodeUnitCount - 1
        var place = word.count - 1
        while index >= 0 {
            var unit = UInt16(bytes[index])
            if unit >= 0x80 {
                index -= 1
                unit = UInt16(bytes[index] & 0x1F) << 6 | unit & 0x3F
            }
            guard place >= 0, word[place] == unit else { return false }
            index -= 1
            place -= 1
        }
        return true
    }

    private static func letter(_ character: Unicode.Scalar) -> UInt16 { UInt16(truncatingIfNeeded: character.value) }

    /// Replaces the letter that is `distance` from the end (1 is the last).
    private static func set(_ word: inout [UInt16], _ distance: Int, _ character: Unicode.Scalar) {
        word[word.count - distance] = letter(character)
    }

    private static func at(_ word: [UInt16], _ distance: Int, _ character: Unicode.Scalar) -> Bool {
        distance <= word.count && word[word.count - distance] == letter(character)
    }

    /// Accented vowels without their accents; ã and õ only where they are letters of the language.
    private static func withoutAccents(_ unit: UInt16, tildes: Bool, ring: Bool = false) -> UInt16 {
        switch unit {
        case 0xE3 where tildes: 0x61
        case 0xE0, 0xE1, 0xE2, 0xE4: 0x61
        case 0xF5 where tildes: 0x6F
        case 0xF2, 0xF3, 0xF4, 0xF6: 0x6F
        case 0xE8, 0xE9, 0xEA, 0xEB: 0x65
        case 0xF9, 0xFA, 0xFB, 0xFC: 0x75
        case 0xEC, 0xED, 0xEE, 0xEF: 0x69
        default: unit
        }
    }

    static func minimalEnglish(_ word: inout [UInt16]) {
        guard word.count >= 3, at(word, 1, "s") else { return }
        if at(word, 2, "u") || at(word, 2, "s") { return }
        if at(word, 2, "e") {
            if word.count > 3, at(word, 3, "i"), !at(word, 4, "a"), !at(word, 4, "e") {
                set(&word, 3, "y")
                word.removeLast(2)
                return
            }
            if at(word, 3, "i") || at(word, 3, "a") || at(word, 3, "o") || at(word, 3, "e") { return }
        }
        word.removeLast()
    }

    static func german(_ word: inout [UInt16]) {
        for index in word.indices {
            switch word[index] {
            case 0xE8, 0xE9, 0xEA, 0xEB: break
            default: word[index] = withoutAccents(word[index], tildes: false)
            }
        }
        func isValidBeforeS(_ distance: Int) -> Bool {
            guard distance <= word.count, let scalar = Unicode.Scalar(word[word.count - distance]) else { return false }
            return "bdfghklmnt".unicodeScalars.contains(scalar)
        }
        let count = word.count
        if count > 5, ends(word, "ern") {
            word.removeLast(3)
        } else if count > 4, at(word, 2, "e"),
            at(word, 1, "m") || at(word, 1, "n") || at(word, 1, "r") || at(word, 1, "s")
        {
            word.removeLast(2)
        } else if count > 3, at(word, 1, "e") {
            word.removeLast()
        } else if count > 3, at(word, 1, "s"), isValidBeforeS(2) {
            word.removeLast()
        }
        if word.count > 5, ends(word, "est") {
            word.removeLast(3)
        } else if word.count > 4, ends(word, "er") || ends(word, "en") {
            word.removeLast(2)
        } else if word.count > 4, ends(word, "st"), isValidBeforeS(3) {
            word.removeLast(2)
        }
    }

    static func spanish(_ word: inout [UInt16]) {
        guard word.count >= 5 else { return }
        for index in word.indices { word[index] = withoutAccents(word[index], tildes: false) }
        if at(word, 1, "o") || at(word, 1, "a") || at(word, 1, "e") {
            word.removeLast()
        } else if at(word, 1, "s") {
            if ends(word, "eses") {
                word.removeLast(2)
            } else if ends(word, "ces") {
                set(&word, 3, "z")
                word.removeLast(2)
            } else if at(word, 2, "o") || at(word, 2, "a") || at(word, 2, "e") {
                word.removeLast(2)
            }
        }
    }

    static func italian(_ word: inout [UInt16]) {
        guard word.count >= 6 else { return }
        for index in word.indices { word[index] = withoutAccents(word[index], tildes: false) }
        switch word.last {
        case letter("e"), letter("i"): word.removeLast(at(word, 2, "i") || at(word, 2, "h") ? 2 : 1)
        case letter("a"), letter("o"): word.removeLast(at(word, 2, "i") ? 2 : 1)
        default: break
        }
    }

    static func portuguese(_ word: inout [UInt16]) {
        guard word.count >= 4 else { return }
        portuguesePlural(&word)
        if word.count > 3, at(word, 1, "a") { portugueseFeminine(&word) }
        if word.count > 4, at(word, 1, "e") || at(word, 1, "a") || at(word, 1, "o") { word.removeLast() }
        for index in word.indices {
            word[index] = word[index] == 0xE7 ? 0x63 : withoutAccents(word[index], tildes: true)
        }
    }

    private static func portuguesePlural(_ word: inout [UInt16]) {
        let count = word.count
        if count > 4, ends(word, "es"), at(word, 3, "r") || at(word, 3, "s") || at(word, 3, "l") || at(word, 3, "z") {
            word.removeLast(2)
        } else if count > 3, ends(word, "ns") {
            set(&word, 2, "m")
            word.removeLast()
        } else if count > 4, ends(word, "eis") || ends(word, "éis") {
            set(&word, 3, "e")
            set(&word, 2, "l")
            word.removeLast()
        } else if count > 4, ends(word, "ais") {
            set(&word, 2, "l")
            word.removeLast()
        } else if count > 4, ends(word, "óis") {
            set(&word, 3, "o")
            set(&word, 2, "l")
            word.removeLast()
        } else if count > 4, ends(word, "is") {
            set(&word, 1, "l")
        } else if count > 3, ends(word, "ões") || ends(word, "ães") {
            word.removeLast()
            set(&word, 2, "ã")
            set(&word, 1, "o")
        } else if count > 6, ends(word, "mente") {
            word.removeLast(5)
        } else if count > 3, at(word, 1, "s") {
            word.removeLast()
        }
    }

    private static func portugueseFeminine(_ word: inout [UInt16]) {
        let count = word.count
        if count > 7, ends(word, "inha") || ends(word, "iaca") || ends(word, "eira") {
            set(&word, 1, "o")
            return
        }
        guard count > 6 else { return }
        if ends(word, "osa") || ends(word, "ica") || ends(word, "ida") || ends(word, "ada") || ends(word, "iva")
            || ends(word, "ama")
        {
            set(&word, 1, "o")
        } else if ends(word, "ona") {
            set(&word, 3, "ã")
            set(&word, 2, "o")
            word.removeLast()
        } else if ends(word, "ora") {
            word.removeLast()
        } else if ends(word, "esa") {
            set(&word, 3, "ê")
            word.removeLast()
        } else if ends(word, "na") {
            set(&word, 1, "o")
        }
    }

    static func french(_ word: inout [UInt16]) {
        if word.count > 5, at(word, 1, "x") {
            if at(word, 3, "a"), at(word, 2, "u"), !at(word, 4, "e") { set(&word, 2, "l") }
            word.removeLast()
        }
        if word.count > 3, at(word, 1, "x") { word.removeLast() }
        if word.count > 3, at(word, 1, "s") { word.removeLast() }
        frenchSuffix(&word)
        frenchNorm(&word)
    }

    /// Takes `remove` letters off the end and writes `tail` over the end of what is left.
    private static func cut(_ word: inout [UInt16], _ remove: Int, _ tail: StaticString = "") {
        word.removeLast(remove)
        let units = Array(String(describing: tail).utf16)
        word.replaceSubrange((word.count - units.count)..<word.count, with: units)
    }

    private static func frenchSuffix(_ word: inout [UInt16]) {
        func has(_ suffix: StaticString, above length: Int) -> Bool { word.count > length && ends(word, suffix) }
        if has("issement", above: 9) { return cut(&word, 6, "r") }
        if has("issant", above: 8) { return cut(&word, 4, "r") }
        if has("ement", above: 6) {
            cut(&word, 4)
            if word.count > 3, ends(word, "ive") { cut(&word, 1, "f") }
            return
        }
        if has("ficatrice", above: 11) { return cut(&word, 5, "er") }
        if has("ficateur", above: 10) { return cut(&word, 4, "er") }
        if has("catrice", above: 9) { return cut(&word, 3, "quer") }
        if has("cateur", above: 8) { return cut(&word, 2, "quer") }
        if has("atrice", above: 8) { return cut(&word, 4, "er") }
        if has("ateur", above: 7) { return cut(&word, 3, "er") }
        if has("trice", above: 6) { cut(&word, 1, "eur") }
        if has("ième", above: 5) { return cut(&word, 4) }
        if has("teuse", above: 7) { return cut(&word, 2, "r") }
        if has("teur", above: 6) { return cut(&word, 1, "r") }
        if has("euse", above: 5) { return cut(&word, 2) }
        if has("ère", above: 8) {
            word.removeLast()
            return set(&word, 2, "e")
        }
        if has("ive", above: 7) { return cut(&word, 1, "f") }
        if has("folle", above: 4) || has("molle", above: 4) { return cut(&word, 2, "u") }
        if has("nnelle", above: 9) { return cut(&word, 5) }
        if has("nnel", above: 9) { return cut(&word, 3) }
        if has("ète", above: 4) {
            word.removeLast()
            set(&word, 2, "e")
        }
        if has("ique", above: 8) { cut(&word, 4) }
        if has("esse", above: 8) { return cut(&word, 3) }
        if has("inage", above: 7) { return cut(&word, 3) }
        if has("isation", above: 9) {
            cut(&word, 7)
            if word.count > 5, ends(word, "ual") { set(&word, 2, "e") }
            return
        }
        if has("isateur", above: 9) { return cut(&word, 7) }
        if has("ation", above: 8) || has("ition", above: 8) { return cut(&word, 5) }
    }

    private static func frenchNorm(_ word: inout [UInt16]) {
        func isLetter(_ unit: UInt16) -> Bool { JavaCharacter.isLetter(UInt32(unit)) }
        if word.count > 4 {
            for index in word.indices {
                switch word[index] {
                case 0xE0, 0xE1, 0xE2: word[index] = 0x61
                case 0xF4: word[index] = 0x6F
                case 0xE8, 0xE9, 0xEA: word[index] = 0x65
                case 0xF9, 0xFB: word[index] = 0x75
                case 0xEE: word[index] = 0x69
                case 0xE7: word[index] = 0x63
                default: break
                }
            }
            // Double letters become single ones.
            var kept = [word[0]]
            for unit in word.dropFirst() where !(unit == kept[kept.count - 1] && isLetter(unit)) { kept.append(unit) }
            word = kept
        }
        if word.count > 4, ends(word, "ie") { word.removeLast(2) }
        if word.count > 4 {
            if at(word, 1, "r") { word.removeLast() }
            if at(word, 1, "e") { word.removeLast() }
            if at(word, 1, "e") { word.removeLast() }
            if word.count >= 2, word[word.count - 1] == word[word.count - 2], isLetter(word[word.count - 1]) {
                word.removeLast()
            }
        }
    }
}
