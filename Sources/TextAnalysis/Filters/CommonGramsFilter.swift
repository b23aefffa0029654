/// Joins frequent words with their neighbours (Lucene's `CommonGramsFilter`); for queries, single words that are in a pair are left out.
struct CommonGramsFilter: TokenFilter {
    var words: WordSet
    var isForQueries = false

    var makesGraphs: Bool { !isForQueries }

    func apply(to batch: inout TokenBatch) {
        batch.spare.removeAll()
        var wasCommon = false
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            let isCommon = words.contains(batch.bytes(token))
            if index > 0, wasCommon || isCommon {
                let before = batch.tokens[index - 1]
                batch.arena.reserve(Int(before.length + token.length) + 1)
                let start = batch.arena.count
                batch.arena.append(batch.arena.base + Int(before.start), Int(before.length))
                batch.arena.append(UInt8(ascii: "_"))
                batch.arena.append(batch.arena.base + Int(token.start), Int(token.length))
                batch.spare.append(
                    TokenRecord(
                        start: Int32(truncatingIfNeeded: start),
                        length: Int32(truncatingIfNeeded: batch.arena.count - start), startOffset: before.startOffset,
                        endOffset: token.endOffset, positionIncrement: 0, positionLength: 2, type: .gram))
            }
            batch.spare.append(token)
            wasCommon = isCommon
        }
        batch.useSpare()
        if isForQueries { leaveOutWordsInPairs(&batch) }
    }

    private func leaveOutWordsInPairs(_ batch: inout TokenBatch) {
        let records = batch.tokens.base
        var kept = 0
        var previous: TokenRecord?
        var lastType = TokenType.word
        func keep(_ token: TokenRecord) {
            var token = token
            if token.type == .gram {
                token.positionIncrement = 1
                token.positionLength = 1
            }
            records[kept] = token
            kept += 1
        }
        let count = batch.tokens.count
        for index in 0..<count {
            let token = records[index]
            if let waiting = previous, token.type != .gram {
                keep(waiting)
                lastType = waiting.type
            }
            previous = token
        }
        if let previous, lastType != .gram { keep(previous) }
        batch.tokens.count = kept
    }
}
