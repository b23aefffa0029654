/// Spellings of German umlauts become one: ae and ä become a, ß becomes ss (Lucene's `GermanNormalizationFilter`).
struct GermanNormalizationFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    private enum State { case ordinary, vowel, umlaut }

    func apply(to batch: inout TokenBatch) {
        var out: [UInt8] = []
        for index in 0..<batch.tokens.count {
            // Only an e or a letter beyond ASCII can change anything.
            let bytes = batch.bytes(batch.tokens[index])
            guard bytes.contains(where: { $0 == UInt8(ascii: "e") || $0 >= 0x80 }) else { continue }
            let text = bytes
            out.removeAll(keepingCapacity: true)
            var state = State.ordinary
            var place = 0
            while place < text.count {
                let byte = text[place]
                if byte == 0xC3, place + 1 < text.count {
                    let plain: UInt8? =
                        switch text[place + 1] {
                        case 0xA4: UInt8(ascii: "a")
                        case 0xB6: UInt8(ascii: "o")
                        case 0xBC: UInt8(ascii: "u")
                        default: nil
                        }
                    if let plain {
                        out.append(plain)
                        state = .vowel
                        place += 2
                        continue
                    }
                    if text[place + 1] == 0x9F {
                        out += [UInt8(ascii: "s"), UInt8(ascii: "s")]
                        state = .ordinary
                        place += 2
                        continue
                    }
                }
                switch byte {
                case UInt8(ascii: "a"), UInt8(ascii: "o"): state = .umlaut
                case UInt8(ascii: "u"): state = state == .ordinary ? .umlaut : .vowel
                case UInt8(ascii: "e"):
                    if state == .umlaut {
                        state = .vowel
                        place += 1
                        continue
                    }
                    state = .vowel
                case UInt8(ascii: "i"), UInt8(ascii: "q"), UInt8(ascii: "y"): state = .vowel
                default: state = .ordinary
                }
                out.append(byte)
                place += 1
            }
            if !out.elementsEqual(text) { batch.replace(index, with: out) }
        }
    }
}

/// Spellings of Scandinavian letters become one (ä as æ, aa as å); or, folding, lose what tells them apart (å as a).
struct ScandinavianFilter: TokenFilter {
    var folds: Bool
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            let text = Array(String(decoding: batch.bytes(batch.tokens[index]), as: UTF8.self).unicodeScalars)
            var out = String.UnicodeScalarView()
            var place = 0
            while place < text.count {
                let scalar = text[place]
                let next: Unicode.Scalar? = place + 1 < text.count ? text[place + 1] : nil
                place += 1
                let isUpper = scalar.value < 0x80 ? scalar.value & 0x20 == 0 : scalar.value < 0xE0
                switch scalar {
                case "å", "ä", "æ", "Å", "Ä", "Æ":
                    if folds {
                        out.append(isUpper ? "A" : "a")
                    } else {
                        out.append(scalar == "ä" ? "æ" : scalar == "Ä" ? "Æ" : scalar)
                    }
                case "ö", "ø", "Ö", "Ø":
                    out.append(folds ? (isUpper ? "O" : "o") : (isUpper ? "Ø" : "ø"))
                case "a", "A":
                    switch next {
                    case "a", "A", "o", "O":
                        out.append(folds ? scalar : isUpper ? "Å" : "å")
                        place += 1
                    case "e", "E":
                        out.append(folds ? scalar : isUpper ? "Æ" : "æ")
                        place += 1
                    default: out.append(scalar)
                    }
                case "o", "O":
                    switch next {
                    case "e", "E", "o", "O":
                        out.append(folds ? scalar : isUpper ? "Ø" : "ø")
                        place += 1
                    default: out.append(scalar)
                    }
                default: out.append(scalar)
                }
            }
            batch.replace(index, with: String(out).utf8)
        }
    }
}
