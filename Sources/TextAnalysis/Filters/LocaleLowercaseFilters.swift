/// Lower case of Turkish: I becomes ı, İ and I with a dot above become i.
struct TurkishLowercaseFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            var out: [UInt8] = []
            var isAfterI = false
            let scalars = Array(String(decoding: batch.bytes(batch.tokens[index]), as: UTF8.self).unicodeScalars)
            var place = 0
            while place < scalars.count {
                let scalar = scalars[place].value
                let category = JavaCharacter.category(scalar)
                isAfterI = scalar == 0x49 || isAfterI && category == JavaCharacter.Category.nonSpacingMark
                place += 1
                if isAfterI {
                    if scalar == 0x307 { continue }
                    if scalar == 0x49 {
                        // Dotted if a dot above follows among the marks.
                        var behind = place
                        var isDotted = false
                        while behind < scalars.count,
                            JavaCharacter.category(scalars[behind].value) == JavaCharacter.Category.nonSpacingMark
                        {
                            if scalars[behind].value == 0x307 {
                                isDotted = true
                                break
                            }
                            behind += 1
                        }
                        if isDotted {
                            out.append(0x69)
                        } else {
                            out += [0xC4, 0xB1]
                            isAfterI = false
                        }
                        continue
                    }
                }
                var buffer: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
                withUnsafeMutableBytes(of: &buffer) { bytes in
                    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
                    let length = UTF8Scalar.encode(JavaCharacter.lowercase(scalar), to: base)
                    out.append(contentsOf: bytes[0..<length])
                }
            }
            batch.replace(index, with: out)
        }
    }
}

/// Lower case of Irish: the prefixes n and t before a capital vowel are set off by a hyphen.
struct IrishLowercaseFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            let text = Array(batch.bytes(batch.tokens[index]))
            guard text.count > 1, text[0] == UInt8(ascii: "n") || text[0] == UInt8(ascii: "t") else { continue }
            let next = text.withUnsafeBufferPointer { $0.baseAddress.map { UTF8Scalar.decode($0, at: 1).scalar } ?? 0 }
            switch next {
            case 0x41, 0x45, 0x49, 0x4F, 0x55, 0xC1, 0xC9, 0xCD, 0xD3, 0xDA:
                batch.replace(index, with: [text[0], UInt8(ascii: "-")] + text[1...])
            default: break
            }
        }
        // Lucene goes by UTF-16 code units here.
        batch.mapScalars { $0 < 0x10000 ? JavaCharacter.lowercase($0) : $0 }
    }
}

/// Lower case of Greek: accents go, a final sigma becomes a plain one.
struct GreekLowercaseFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        batch.mapScalars { scalar in
            switch scalar {
            case 0x3C2: 0x3C3
            case 0x386, 0x3AC: 0x3B1
            case 0x388, 0x3AD: 0x3B5
            case 0x389, 0x3AE: 0x3B7
            case 0x38A, 0x3AA, 0x3AF, 0x3CA, 0x390: 0x3B9
            case 0x38E, 0x3AB, 0x3CD, 0x3CB, 0x3B0: 0x3C5
            case 0x38C, 0x3CC: 0x3BF
            case 0x38F, 0x3CE: 0x3C9
            case 0x3A2: 0x3C2
            default: JavaCharacter.lowercase(scalar)
            }
        }
    }
}
