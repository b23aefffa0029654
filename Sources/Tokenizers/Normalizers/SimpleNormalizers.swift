/// Maps every scalar to lower case, without regard to its neighbours.
struct LowercaseNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        text.beginRewriting()
        while let scalar = text.nextScalar {
            if scalar < 0x80 {
                if scalar >= 0x41 && scalar <= 0x5A { text.replace(with: scalar | 0x20) } else { text.keep() }
            } else if let lower = UnicodeData.lowercase[scalar] {
                text.replace(with: lower[0])
                for extra in lower.dropFirst() { text.insert(extra) }
            } else {
                text.keep()
            }
        }
        text.endRewriting()
    }
}

/// Removes the marks (M*).
///
/// Precomposed letters keep theirs: an NFD step belongs before this one.
struct StripAccentsNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) { text.removeAll(where: .mark) }
}

/// Removes white space at the ends.
struct StripNormalizer: Normalizer {
    let left: Bool
    let right: Bool

    func normalize(_ text: inout NormalizedText) {
        var first = 0
        var last = 0
        var count = 0
        var position = 0
        var onlyWhitespace = true
        while position < text.bytes.count {
            let (scalar, length) = UTF8Scalar.decode(text.bytes, at: position)
            position += length
            if ScalarProperties.of(scalar).contains(.whitespace) {
                if onlyWhitespace { first = count + 1 }
            } else {
                onlyWhitespace = false
                last = count + 1
            }
            count += 1
        }
        let low = left ? first : 0
        let high = right ? last : count
        if low == 0 && high == count { return }
        text.beginRewriting()
        for index in 0..<count { if index >= low && index < high { text.keep() } else { text.remove() } }
        text.endRewriting()
    }
}

/// Puts a string before the text, unless the text is empty.
struct PrependNormalizer: Normalizer {
    let prefix: [UInt32]

    func normalize(_ text: inout NormalizedText) { text.prepend(prefix) }
}

/// The clean-up of Google's neural machine translation: control characters away, other separators to spaces.
struct NmtNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        text.beginRewriting()
        while let scalar = text.nextScalar {
            switch scalar {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: text.remove()
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
                text.replace(with: 0x20)
            default: text.keep()
            }
        }
        text.endRewriting()
    }
}

/// Puts a string in place of each match of a pattern.
struct ReplaceNormalizer: Normalizer {
    let pattern: MatchPattern
    let content: [UInt32]

    func normalize(_ text: inout NormalizedText) {
        var matches: [PatternMatch] = []
        do {
            try pattern.findMatches(in: text.bytes[...], into: &matches)
        } catch {
            text.failure = text.failure ?? error
            return
        }
        if !matches.contains(where: \.isMatch) { return }
        text.beginRewriting()
        for match in matches {
            while text.position < match.end { if match.isMatch { text.remove() } else { text.keep() } }
            if match.isMatch { for scalar in content { text.insert(scalar) } }
        }
        text.endRewriting()
    }
}

/// Writes each byte as a printable scalar of its own, as byte-level BPE wants it.
struct ByteLevelNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) { text.mapBytes() }
}

/// Several normalisers, one after the other.
struct NormalizerSequence: Normalizer {
    let steps: [any Normalizer]

    func normalize(_ text: inout NormalizedText) { for step in steps { step.normalize(&text) } }
}
