/// Runs of characters that satisfy a condition (Lucene's `CharTokenizer`): letters, or what is no white space.
struct CharacterTokenizer: TextTokenizer {
    enum Kind: Sendable { case letters, notWhitespace }

    var kind: Kind
    /// The longest token in UTF-16 code units; what is longer is cut.
    var maxTokenLength = 255
    /// Whether tokens are lower-cased while they are copied.
    var lowercases = false

    func lowercasing() -> (any TextTokenizer)? {
        CharacterTokenizer(kind: kind, maxTokenLength: maxTokenLength, lowercases: true)
    }

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        switch (kind, lowercases) {
        case (.letters, true): scan(base, text.count, .lower, &batch) { JavaCharacter.isLetter($0) }
        case (.letters, false): scan(base, text.count, .none, &batch) { JavaCharacter.isLetter($0) }
        case (.notWhitespace, true): scan(base, text.count, .lower, &batch) { !JavaCharacter.isWhitespace($0) }
        case (.notWhitespace, false): scan(base, text.count, .none, &batch) { !JavaCharacter.isWhitespace($0) }
        }
    }

    @inline(__always)
    private func scan(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ fold: ASCIIFold, _ batch: inout TokenBatch,
        accepts: (UInt32) -> Bool
    ) {
        batch.arena.reserve(ASCIIFold.room(count))
        let arena = batch.arena.base
        var write = batch.arena.count
        var index = 0
        var unit = 0
        while index < count {
            // Runs begin with an accepted character; others are passed over.
            let (first, firstLength) = UTF8Scalar.decode(text, at: index)
            guard accepts(first) else {
                index += firstLength
                unit += UTF8Scalar.utf16Width(ofBytes: firstLength)
                continue
            }
            let start = index
            let startUnit = unit
            index += firstLength
            unit += UTF8Scalar.utf16Width(ofBytes: firstLength)
            while index < count, unit - startUnit < maxTokenLength {
                let (scalar, length) = UTF8Scalar.decode(text, at: index)
                guard accepts(scalar) else { break }
                index += length
                unit += UTF8Scalar.utf16Width(ofBytes: length)
            }
            let written = fold.copy(text + start, index - start, to: arena + write)
            batch.tokens.append(
                TokenRecord(
                    start: Int32(truncatingIfNeeded: write), length: Int32(truncatingIfNeeded: written),
                    startOffset: Int32(truncatingIfNeeded: startUnit), endOffset: Int32(truncatingIfNeeded: unit)))
            write += written
        }
        batch.arena.count = write
        batch.endOffset = Int32(truncatingIfNeeded: unit)
    }
}
