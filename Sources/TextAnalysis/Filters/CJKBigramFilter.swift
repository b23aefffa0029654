/// Makes pairs of neighbouring Chinese, Japanese and Korean characters (Lucene's `CJKBigramFilter`).
struct CJKBigramFilter: TokenFilter {
    var types: Set<TokenType> = [.ideographic, .hiragana, .katakana, .hangul]
    /// Whether single characters are given too, with the pairs over them.
    var outputsUnigrams = false

    var hidesGraphs: Bool { outputsUnigrams }

    private struct Character {
        var scalar: UInt32
        var startOffset: Int32
        var endOffset: Int32
    }

    func apply(to batch: inout TokenBatch) {
        guard (0..<batch.tokens.count).contains(where: { types.contains(batch.tokens[$0].type) }) else { return }
        batch.spare.removeAll()
        var run: [Character] = []
        var lastEnd: Int32 = 0
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            guard types.contains(token.type) else {
                flush(&run, &batch)
                batch.spare.append(token)
                continue
            }
            if token.startOffset != lastEnd { flush(&run, &batch) }
            lastEnd = token.endOffset
            let bytes = batch.bytes(token)
            guard let base = bytes.baseAddress else { continue }
            // Offsets that a filter changed are kept as they are.
            let isExact = Int(token.endOffset - token.startOffset) == UTF8Scalar.utf16Count(base, bytes.count)
            var position = 0
            var offset = token.startOffset
            while position < bytes.count {
                let (scalar, length) = UTF8Scalar.decode(base, at: position)
                let width = Int32(UTF8Scalar.utf16Width(ofBytes: length))
                run.append(
                    isExact
                        ? Character(scalar: scalar, startOffset: offset, endOffset: offset + width)
                        : Character(scalar: scalar, startOffset: token.startOffset, endOffset: token.endOffset))
                offset += width
                position += length
            }
        }
        flush(&run, &batch)
        batch.useSpare()
    }

    private func flush(_ run: inout [Character], _ batch: inout TokenBatch) {
        defer { run.removeAll(keepingCapacity: true) }
        func emit(_ range: Range<Int>, _ type: TokenType, increment: Int32, length: Int32) {
            let start = batch.arena.count
            for place in range { batch.arena.append(scalar: run[place].scalar) }
            batch.spare.append(
                TokenRecord(
                    start: Int32(truncatingIfNeeded: start),
                    length: Int32(truncatingIfNeeded: batch.arena.count - start),
                    startOffset: run[range.lowerBound].startOffset, endOffset: run[range.upperBound - 1].endOffset,
                    positionIncrement: increment, positionLength: length, type: type))
        }
        if outputsUnigrams {
            for place in run.indices {
                emit(place..<place + 1, .single, increment: 1, length: 1)
                if place + 1 < run.count { emit(place..<place + 2, .double, increment: 0, length: 2) }
            }
        } else if run.count == 1 {
            emit(0..<1, .single, increment: 1, length: 1)
        } else {
            for place in run.indices.dropLast() { emit(place..<place + 2, .double, increment: 1, length: 1) }
        }
    }
}
