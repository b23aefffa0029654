/// Cuts words at punctuation, changes of case and digits, and joins the parts again as asked for, as a correct graph
/// (Lucene's `WordDelimiterGraphFilter`).
struct WordDelimiterGraphFilter: TokenFilter {
    var options = WordDelimiterOptions()

    var makesGraphs: Bool { true }

    private struct Part {
        var text: [UInt16]?
        var startPosition: Int
        var endPosition: Int
        var start: Int
        var end: Int
    }

    private struct Run {
        var text: [UInt16] = []
        var start = 0
        var end = 0
        var position = 0
        var type: UInt8 = 0
        var count = 0
    }

    func apply(to batch: inout TokenBatch) {
        batch.spare.removeAll()
        var gap: Int32 = 0
        var lastStart: Int32 = 0
        for index in 0..<batch.tokens.count {
            var token = batch.tokens[index]
            if options.ignoresKeywords, token.isKeyword {
                batch.spare.append(token)
                continue
            }
            let text = Array(String(decoding: batch.bytes(token), as: UTF8.self).utf16)
            gap += token.positionIncrement
            var iterator = WordDelimiterIterator(text, options)
            iterator.next()
            if iterator.current == 0 && iterator.end == text.count
                || options.protectedWords.contains(batch.bytes(token))
            {
                token.positionIncrement = gap
                gap = 0
                batch.spare.append(token)
                continue
            }
            if iterator.end == nil {
                // Nothing but delimiters.
                if options.preservesOriginal {
                    gap = 0
                    batch.spare.append(token)
                }
                continue
            }
            let parts = self.parts(of: text, &iterator)
            let adjusts = options.adjustsOffsets && Int(token.endOffset - token.startOffset) == text.count
            var position = 0
            for part in parts {
                var record = token
                if adjusts {
                    record.startOffset = token.startOffset + Int32(part.start)
                    record.endOffset = token.startOffset + Int32(part.end)
                }
                record.startOffset = max(record.startOffset, lastStart)
                record.endOffset = max(record.endOffset, lastStart)
                lastStart = record.startOffset
                let units = part.text ?? Array(text[part.start..<part.end])
                (record.start, record.length) = batch.store(String(decoding: units, as: UTF16.self).utf8)
                record.positionIncrement = gap + Int32(part.startPosition - position)
                gap = 0
                record.positionLength = Int32(part.endPosition - part.startPosition)
                position = part.startPosition
                batch.spare.append(record)
            }
        }
        batch.useSpare()
    }

    private func parts(of text: [UInt16], _ iterator: inout WordDelimiterIterator) -> [Part] {
        var parts: [Part] = []
        var position = 0
        var lastCount = 0
        var run = Run()
        var all = Run()
        func join(_ run: inout Run, _ end: Int) {
            if run.text.isEmpty {
                run.type = iterator.type
                run.start = iterator.current
                run.position = position
            }
            run.text += text[iterator.current..<end]
            run.count += 1
            run.end = end
        }
        func write(_ run: Run) {
            parts.append(
                Part(
                    text: run.text, startPosition: run.position, endPosition: position, start: run.start, end: run.end))
        }
        func flush() {
            if position == run.position { position += 1 }
            lastCount = run.count
            if run.count != 1 || !options.generates(run.type) { write(run) }
            run = Run()
        }
        if options.preservesOriginal {
            parts.append(Part(text: nil, startPosition: 0, endPosition: 1, start: 0, end: text.count))
        }
        if iterator.isSingleWord, let end = iterator.end {
            parts.append(
                Part(text: nil, startPosition: position, endPosition: position + 1, start: iterator.current, end: end))
            position += 1
        } else {
            while let end = iterator.end {
                let type = iterator.type
                if !run.text.isEmpty, run.type & type == 0 { flush() }
                if options.joins(type) { join(&run, end) }
                if options.joinsAll { join(&all, end) }
                if options.generates(type) {
                    parts.append(
                        Part(
                            text: nil, startPosition: position, endPosition: position + 1, start: iterator.current,
                            end: end))
                    position += 1
                }
                iterator.next()
            }
            if !run.text.isEmpty { flush() }
            if !all.text.isEmpty, all.count > lastCount {
                if position == all.position { position += 1 }
                write(all)
            }
        }
        var sorted = parts[...]
        var original: Part?
        if options.preservesOriginal {
            original = sorted.removeFirst()
            original?.endPosition = max(position, 1)
        }
        // A stable sort: by start, longer parts first.
        let ordered = sorted.enumerated().sorted { left, right in
            if left.element.start != right.element.start { return left.element.start < right.element.start }
            if left.element.end != right.element.end { return left.element.end > right.element.end }
            return left.offset < right.offset
        }.map(\.element)
        return (original.map { [$0] } ?? []) + ordered
    }
}
