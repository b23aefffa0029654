/// The whole text as one token (Lucene's `KeywordTokenizer`); none for an empty text only in the way Lucene has it: one empty token.
struct KeywordTokenizer: TextTokenizer {
    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        let units = text.baseAddress.map { UTF8Scalar.utf16Count($0, text.count) } ?? 0
        batch.endOffset = Int32(truncatingIfNeeded: units)
        let start = batch.arena.count
        if let base = text.baseAddress { batch.arena.append(base, text.count) }
        batch.tokens.append(
            TokenRecord(
                start: Int32(truncatingIfNeeded: start), length: Int32(truncatingIfNeeded: text.count),
                startOffset: 0, endOffset: batch.endOffset))
    }
}
