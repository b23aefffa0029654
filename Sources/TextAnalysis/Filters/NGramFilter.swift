/// All pieces of a token with lengths in a range, in characters (Lucene's `NGramTokenFilter`); all at the token's position.
struct NGramFilter: TokenFilter {
    var lengths: ClosedRange<Int>
    var preservesOriginal = false
    /// Whether pieces begin at the token's first character only (`EdgeNGramTokenFilter`).
    var onlyAtEdge = false

    func apply(to batch: inout TokenBatch) {
        batch.spare.removeAll()
        var gap: Int32 = 0
        var bounds: [Int32] = []
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            bounds.removeAll(keepingCapacity: true)
            for position in Int(token.start)..<Int(token.end) where batch.arena[position] & 0xC0 != 0x80 {
                bounds.append(Int32(truncatingIfNeeded: position))
            }
            bounds.append(token.end)
            let count = bounds.count - 1
            var increment = token.positionIncrement + gap
            func emit(_ from: Int, _ to: Int) {
                var piece = token
                piece.start = bounds[from]
                piece.length = bounds[to] - bounds[from]
                piece.positionIncrement = increment
                piece.positionLength = 1
                increment = 0
                batch.spare.append(piece)
            }
            if preservesOriginal, count < lengths.lowerBound { emit(0, count) }
            for start in 0..<max(onlyAtEdge ? min(count, 1) : count, 0) {
                var length = lengths.lowerBound
                while length <= lengths.upperBound, start + length <= count {
                    emit(start, start + length)
                    length += 1
                }
            }
            if preservesOriginal, count > lengths.upperBound { emit(0, count) }
            // Nothing came of the token: its position becomes a gap.
            gap = increment
        }
        batch.endPositionIncrement += gap
        batch.useSpare()
    }
}
