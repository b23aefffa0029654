/// All different tokens, sorted and joined to one (Lucene's `FingerprintFilter`).
struct FingerprintFilter: TokenFilter {
    var separator: UInt32 = 0x20
    /// The longest fingerprint in UTF-16 code units; a longer one is none at all.
    var maxOutputSize = 1024

    func apply(to batch: inout TokenBatch) {
        var seen: Set<[UInt16]> = []
        for index in 0..<batch.tokens.count {
            seen.insert(Array(String(decoding: batch.bytes(batch.tokens[index]), as: UTF8.self).utf16))
        }
        guard !seen.isEmpty else { return }
        let words = seen.sorted { $0.lexicographicallyPrecedes($1) }
        batch.tokens.removeAll()
        var joined: [UInt16] = []
        for word in words {
            if !joined.isEmpty {
                joined += Array(String(Unicode.Scalar(separator).map(Swift.Character.init) ?? " ").utf16)
            }
            joined += word
        }
        guard joined.count <= maxOutputSize else { return }
        let (start, length) = batch.store(String(decoding: joined, as: UTF16.self).utf8)
        batch.tokens.append(
            TokenRecord(start: start, length: length, startOffset: 0, endOffset: batch.endOffset, type: .fingerprint))
        batch.endPositionIncrement = 1
    }
}

/// Gives each token in several forms at the same position: as it is, and as each of some chains makes it.
struct MultiplexerFilter: TokenFilter {
    var chains: [[any TokenFilter]]

    var makesGraphs: Bool { chains.contains { $0.contains { $0.makesGraphs } } }

    func apply(to batch: inout TokenBatch) throws(AnalysisError) {
        var result: [TokenRecord] = []
        var gap: Int32 = 0
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            var increment = token.positionIncrement + gap
            for chain in chains {
                var single = TokenBatch()
                let text = batch.bytes(token)
                single.append(
                    text.baseAddress ?? UnsafePointer(batch.arena.base), length: text.count,
                    startOffset: Int(token.startOffset), endOffset: Int(token.endOffset), type: token.type)
                single.tokens.base[0].isKeyword = token.isKeyword
                for filter in chain { try filter.apply(to: &single) }
                for made in 0..<single.tokens.count {
                    var record = single.tokens[made]
                    (record.start, record.length) = batch.store(Array(single.bytes(record)))
                    record.positionIncrement = made == 0 ? increment : record.positionIncrement
                    increment = 0
                    result.append(record)
                }
            }
            gap = increment
        }
        batch.tokens.removeAll()
        for record in result { batch.tokens.append(record) }
        batch.endPositionIncrement += gap
        RemoveDuplicatesFilter().apply(to: &batch)
    }
}
