/// Cuts words at punctuation, changes of case and digits, as Lucene's older `WordDelimiterFilter`: joined parts stand over the last one.
struct WordDelimiterFilter: TokenFilter {
    var options = WordDelimiterOptions()

    private struct Run {
        var text: [UInt16] = []
        var start = 0
        var end = 0
        var type: UInt8 = 0
        var count = 0
    }

    /// What is remembered from token to token.
    private struct State {
        var gap: Int32 = 0
        var isFirst = true
        var hasOutput = false
        var hasFollowedOriginal = false

        mutating func position(joined: Bool) -> Int32 {
            let increment = gap
            if hasOutput {
                gap = 0
                return joined ? 0 : max(1, increment)
            }
            hasOutput = true
            if !hasFollowedOriginal {
                hasFollowedOriginal = true
                return 0
            }
            gap = 0
            return max(1, increment)
        }
    }

    func apply(to batch: inout TokenBatch) {
        batch.spare.removeAll()
        var state = State()
        for index in 0..<batch.tokens.count {
            var token = batch.tokens[index]
            if options.ignoresKeywords, token.isKeyword {
                batch.spare.append(token)
                continue
            }
            let text = Array(String(decoding: batch.bytes(token), as: UTF8.self).utf16)
            state.gap += token.positionIncrement
            var iterator = WordDelimiterIterator(text, options)
            iterator.next()
            if iterator.current == 0 && iterator.end == text.count
                || options.protectedWords.contains(batch.bytes(token))
            {
                token.positionIncrement = state.gap
                state.gap = 0
                state.isFirst = false
                batch.spare.append(token)
                continue
            }
            if iterator.end == nil, !options.preservesOriginal {
                if token.positionIncrement == 1, !state.isFirst { state.gap -= 1 }
                continue
            }
            state.hasOutput = false
            state.hasFollowedOriginal = !options.preservesOriginal
            if options.preservesOriginal {
                var original = token
                original.positionIncrement = state.gap
                state.gap = 0
                state.isFirst = false
                batch.spare.append(original)
            }
            cut(token, text, &iterator, &state, &batch)
        }
        batch.useSpare()
    }

    private func cut(
        _ token: TokenRecord, _ text: [UInt16], _ iterator: inout WordDelimiterIterator, _ state: inout State,
        _ batch: inout TokenBatch
    ) {
        let isExact = Int(token.endOffset - token.startOffset) == text.count
        var made: [TokenRecord] = []
        var run = Run()
        var all = Run()
        var lastCount = 0
        func record(_ units: some Collection<UInt16>, _ start: Int, _ end: Int, increment: Int32) -> TokenRecord {
            var record = token
            (record.start, record.length) = batch.store(String(decoding: Array(units), as: UTF16.self).utf8)
            if isExact {
                record.startOffset = token.startOffset + Int32(start)
                record.endOffset = token.startOffset + Int32(end)
            }
            record.positionIncrement = increment
            record.positionLength = 1
            return record
        }
        func join(_ run: inout Run, _ end: Int) {
            if run.text.isEmpty { run.start = iterator.current }
            run.text += text[iterator.current..<end]
            run.count += 1
            run.end = end
        }
        func write(_ run: Run) {
            let increment = state.position(joined: true)
            made.append(record(run.text, run.start, run.end, increment: increment))
            state.gap = 0
        }
        func flush() {
            lastCount = run.count
            if run.count != 1 || !options.generates(run.type) { write(run) }
            run = Run()
        }
        while let end = iterator.end {
            if iterator.isSingleWord {
                let increment = state.position(joined: false)
                var single = record(text[iterator.current..<end], iterator.current, end, increment: increment)
                if !isExact, token.startOffset + Int32(iterator.current) <= token.endOffset {
                    single.startOffset = token.startOffset + Int32(iterator.current)
                }
                batch.spare.append(single)
                state.isFirst = false
                iterator.next()
                continue
            }
            let type = iterator.type
            if !run.text.isEmpty, run.type & type == 0 {
                flush()
                state.hasOutput = false
            }
            if options.joins(type) {
                if run.text.isEmpty { run.type = type }
                join(&run, end)
            }
            if options.joinsAll { join(&all, end) }
            if options.generates(type) {
                let increment = state.position(joined: false)
                made.append(record(text[iterator.current..<end], iterator.current, end, increment: increment))
            }
            iterator.next()
        }
        if !run.text.isEmpty { flush() }
        if !all.text.isEmpty, all.count > lastCount { write(all) }
        let ordered = made.enumerated().sorted { left, right in
            if left.element.startOffset != right.element.startOffset {
                return left.element.startOffset < right.element.startOffset
            }
            if left.element.positionIncrement != right.element.positionIncrement {
                return left.element.positionIncrement > right.element.positionIncrement
            }
            return left.offset < right.offset
        }
        for (_, piece) in ordered {
            var piece = piece
            if state.isFirst, piece.positionIncrement == 0 { piece.positionIncrement = 1 }
            state.isFirst = false
            batch.spare.append(piece)
        }
    }
}
