/// Runs of characters that satisfy a condition (Lucene's `CharTokenizer`): letters, or what is no white space.
struct CharacterTokenizer: TextTokenizer {
    enum Kind: Sendable { case letters, notWhitespace, lettersOrDigits }
    var kind: Kind

    @inline(__always)
    private func accepts(_ scalar: UInt32) -> Bool {
        let properties = Unicode.Scalar(scalar)?.properties
        switch kind {
        case .letters: return properties?.isAlphabetic ?? false
        case .notWhitespace: return !(properties?.isWhitespace ?? false)
        case .lettersOrDigits: return (properties?.isAlphabetic ?? false) || properties?.numericType != nil
        }
    }

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        var index = 0
        var unit = 0
        var start = -1
        var startUnit = 0
        while index < text.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index)
            if accepts(scalar) {
                if start < 0 { (start, startUnit) = (index, unit) }
            } else if start >= 0 {
                batch.append(
                    base + start, length: index - start, startOffset: startUnit, endOffset: unit, type: .word)
                start = -1
            }
            index += length
            unit += UTF8Scalar.utf16Width(ofBytes: length)
        }
        if start >= 0 {
            batch.append(base + start, length: index - start, startOffset: startUnit, endOffset: unit, type: .word)
        }
        batch.endOffset = Int32(truncatingIfNeeded: unit)
    }
}
