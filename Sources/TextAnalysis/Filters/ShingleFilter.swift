/// Joins neighbouring tokens (Lucene's `ShingleFilter`); gaps are filled with a filler token.
struct ShingleFilter: TokenFilter {
    var sizes: ClosedRange<Int> = 2...2
    var outputsUnigrams = true
    var outputsUnigramsIfNoShingles = false
    var separator = Array(" ".utf8)
    var filler = Array("_".utf8)

    var hidesGraphs: Bool { outputsUnigrams || outputsUnigramsIfNoShingles || sizes.count > 1 }

    private struct Entry {
        var record: TokenRecord
        var isFiller: Bool
    }

    func apply(to batch: inout TokenBatch) {
        var entries: [Entry] = []
        entries.reserveCapacity(batch.tokens.count)
        let fillerText = batch.store(filler)
        func addFillers(_ count: Int, like record: TokenRecord, at offset: Int32) {
            var entry = record
            (entry.start, entry.length) = fillerText
            entry.startOffset = offset
            entry.endOffset = offset
            for _ in 0..<max(count, 0) { entries.append(Entry(record: entry, isFiller: true)) }
        }
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            addFillers(
                min(Int(token.positionIncrement) - 1, sizes.upperBound - 1), like: token, at: token.startOffset)
            entries.append(Entry(record: token, isFiller: false))
        }
        addFillers(
            min(Int(batch.endPositionIncrement), sizes.upperBound - 1),
            like: TokenRecord(start: 0, length: 0, startOffset: 0, endOffset: 0), at: batch.endOffset)
        batch.spare.removeAll()
        var least = outputsUnigrams ? 1 : sizes.lowerBound
        if outputsUnigramsIfNoShingles, !outputsUnigrams, entries.count < sizes.lowerBound { least = 1 }
        for first in entries.indices {
            if entries.count - first < least { break }
            var isFirstHere = true
            var size = least
            while size <= min(sizes.upperBound, entries.count - first) {
                defer { size = size == 1 && least == 1 ? max(sizes.lowerBound, 2) : size + 1 }
                guard entries[first..<first + size].contains(where: { !$0.isFiller }) else { continue }
                var record = entries[first].record
                if size > 1 {
                    var length = separator.count * (size - 1)
                    for entry in entries[first..<first + size] { length += Int(entry.record.length) }
                    batch.arena.reserve(length)
                    let start = batch.arena.count
                    for place in first..<first + size {
                        if place > first { for byte in separator { batch.arena.append(byte) } }
                        let part = entries[place].record
                        batch.arena.append(batch.arena.base + Int(part.start), Int(part.length))
                    }
                    record.start = Int32(truncatingIfNeeded: start)
                    record.length = Int32(truncatingIfNeeded: batch.arena.count - start)
                    record.endOffset = entries[first + size - 1].record.endOffset
                    record.type = .shingle
                }
                record.positionIncrement = isFirstHere ? 1 : 0
                let levels = outputsUnigrams ? size : max(1, size - sizes.lowerBound + 1)
                record.positionLength = Int32(levels)
                isFirstHere = false
                batch.spare.append(record)
            }
            if least == 1, isFirstHere, entries.count - first < sizes.lowerBound { break }
        }
        batch.useSpare()
    }
}
