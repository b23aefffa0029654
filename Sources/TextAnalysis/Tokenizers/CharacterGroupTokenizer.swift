/// Classes of characters as OpenSearch's `token_chars` and `tokenize_on_chars` name them.
struct CharacterGroup: Sendable {
    var letters = false
    var digits = false
    var whitespace = false
    var punctuation = false
    var symbols = false
    var others: Set<UInt32> = []

    /// Adds a class by its name; `false` if there is none of this name.
    mutating func add(_ name: String) -> Bool {
        switch name {
        case "letter": letters = true
        case "digit": digits = true
        case "whitespace": whitespace = true
        case "punctuation": punctuation = true
        case "symbol": symbols = true
        default: return false
        }
        return true
    }

    func contains(_ scalar: UInt32) -> Bool {
        letters && JavaCharacter.isLetter(scalar) || digits && JavaCharacter.isDigit(scalar)
            || whitespace && JavaCharacter.isWhitespace(scalar) || punctuation && JavaCharacter.isPunctuation(scalar)
            || symbols && JavaCharacter.isSymbol(scalar) || others.contains(scalar)
    }
}

/// Cuts at characters of some classes (OpenSearch's `char_group`).
struct CharacterGroupTokenizer: TextTokenizer {
    var separators: CharacterGroup
    var maxTokenLength = 255

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        var index = 0
        var unit = 0
        var start = 0
        var startUnit = 0
        while index <= text.count {
            let atEnd = index == text.count
            let (scalar, length) = atEnd ? (0, 1) : UTF8Scalar.decode(base, at: index)
            let separates = atEnd || separators.contains(scalar)
            if index > start, separates || unit - startUnit >= maxTokenLength {
                batch.append(
                    base + start, length: index - start, startOffset: startUnit, endOffset: unit, type: .word)
                (start, startUnit) = (index, unit)
            }
            if atEnd { break }
            index += length
            unit += UTF8Scalar.utf16Width(ofBytes: length)
            if separates { (start, startUnit) = (index, unit) }
        }
        batch.endOffset = Int32(truncatingIfNeeded: unit)
    }
}

/// All pieces of a text with lengths in a range, in characters (Lucene's `NGramTokenizer` and `EdgeNGramTokenizer`).
struct NGramTokenizer: TextTokenizer {
    var lengths: ClosedRange<Int>
    /// The characters that tokens are made of; pieces do not go across others; `nil` for all.
    var characters: CharacterGroup?
    var onlyAtEdge = false

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        // Where each character of a stretch begins, in bytes and UTF-16.
        var places: [(byte: Int, unit: Int)] = []
        var index = 0
        var unit = 0
        func flush(_ batch: inout TokenBatch) {
            defer { places.removeAll(keepingCapacity: true) }
            let count = places.count
            places.append((index, unit))
            for start in 0..<(onlyAtEdge ? min(count, 1) : count) {
                var length = lengths.lowerBound
                while length <= lengths.upperBound, start + length <= count {
                    let (from, to) = (places[start], places[start + length])
                    batch.append(
                        base + from.byte, length: to.byte - from.byte, startOffset: from.unit, endOffset: to.unit,
                        type: .word)
                    length += 1
                }
            }
        }
        while index < text.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index)
            if characters?.contains(scalar) ?? true {
                places.append((index, unit))
            } else {
                flush(&batch)
            }
            index += length
            unit += UTF8Scalar.utf16Width(ofBytes: length)
        }
        flush(&batch)
        batch.endOffset = Int32(truncatingIfNeeded: unit)
    }
}
