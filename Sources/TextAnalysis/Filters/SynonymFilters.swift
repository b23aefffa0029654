/// Adds synonyms as a correct graph (Lucene's `SynonymGraphFilter`): for queries.
struct SynonymGraphFilter: TokenFilter {
    var map: SynonymMap

    var makesGraphs: Bool { true }

    func apply(to batch: inout TokenBatch) {
        guard !map.isEmpty else { return }
        batch.spare.removeAll()
        // Nodes are positions of the graph that comes out.
        var lastNode: Int32 = -1
        var nextNode: Int32 = 0
        var index = 0
        while index < batch.tokens.count {
            guard let (length, outputs) = map.longestMatch(batch, from: index) else {
                let token = batch.tokens[index]
                batch.spare.append(token)
                lastNode += token.positionIncrement
                nextNode = lastNode + token.positionLength
                index += 1
                continue
            }
            var made: [(record: TokenRecord, from: Int32, to: Int32)] = []
            let first = batch.tokens[index]
            let last = batch.tokens[index + length - 1]
            func synonym(_ word: [UInt8], _ from: Int32, _ to: Int32) {
                let (start, count) = batch.store(word)
                made.append(
                    (
                        TokenRecord(
                            start: start, length: count, startOffset: first.startOffset, endOffset: last.endOffset,
                            type: .synonym), from, to
                    ))
            }
            var inner = outputs.keepsOriginal ? length - 1 : 0
            for sequence in outputs.sequences { inner += sequence.count - 1 }
            let start = nextNode
            let end = start + Int32(inner) + 1
            var used: Int32 = 0
            for sequence in outputs.sequences {
                var to = end
                if sequence.count > 1 {
                    to = start + used + 1
                    used += Int32(sequence.count - 1)
                }
                synonym(sequence[0], start, to)
            }
            let originalEnd = length == 1 ? end : start + used + 1
            if outputs.keepsOriginal { made.append((first, start, originalEnd)) }
            for (number, sequence) in outputs.sequences.enumerated() where sequence.count > 1 {
                var node = made[number].to
                for place in 1..<sequence.count {
                    let to = place == sequence.count - 1 ? end : node + 1
                    synonym(sequence[place], node, to)
                    node = to
                }
            }
            if outputs.keepsOriginal, length > 1 {
                var node = originalEnd
                for place in 1..<length {
                    let to = place == length - 1 ? end : node + 1
                    made.append((batch.tokens[index + place], node, to))
                    node = to
                }
            }
            nextNode = end
            for (record, from, to) in made {
                var record = record
                record.positionIncrement = from - lastNode
                record.positionLength = to - from
                lastNode = from
                batch.spare.append(record)
            }
            index += length
        }
        batch.useSpare()
    }
}

/// Adds synonyms over the tokens of the text (Lucene's `SynonymFilter`): words of a longer synonym stand over whatever follows.
struct SynonymFilter: TokenFilter {
    var map: SynonymMap

    var makesGraphs: Bool { true }

    private struct Output {
        var word: [UInt8]
        var endOffset: Int32?
        var length: Int32
    }

    func apply(to batch: inout TokenBatch) {
        guard !map.isEmpty else { return }
        batch.spare.removeAll()
        let count = batch.tokens.count
        var pending: [Int: [Output]] = [:]
        var index = 0
        // Gives the outputs that wait at a position, behind the token there if that stays.
        func play(_ slot: Int, keeps: Bool) {
            let token = batch.tokens[min(slot, count - 1)]
            if slot < count, keeps { batch.spare.append(token) }
            var increment: Int32 = slot < count && keeps ? 0 : 1
            for output in pending.removeValue(forKey: slot) ?? [] {
                let (start, length) = batch.store(output.word)
                batch.spare.append(
                    TokenRecord(
                        start: start, length: length, startOffset: token.startOffset,
                        endOffset: output.endOffset ?? token.endOffset, positionIncrement: increment,
                        positionLength: slot < count ? output.length : 1, type: .synonym))
                increment = 0
            }
        }
        while index < count {
            guard let (length, outputs) = map.longestMatch(batch, from: index) else {
                play(index, keeps: true)
                index += 1
                continue
            }
            for sequence in outputs.sequences {
                for (place, word) in sequence.enumerated() {
                    let isSingle = sequence.count == 1
                    pending[index + place, default: []].append(
                        Output(
                            word: word, endOffset: isSingle ? batch.tokens[index + length - 1].endOffset : nil,
                            length: isSingle && outputs.keepsOriginal ? Int32(length) : 1))
                }
            }
            for slot in index..<index + length { play(slot, keeps: outputs.keepsOriginal) }
            index += length
        }
        while count > 0, pending[index] != nil {
            play(index, keeps: false)
            index += 1
        }
        batch.useSpare()
    }
}
