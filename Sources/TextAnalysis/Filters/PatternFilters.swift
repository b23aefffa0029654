/// Replaces what a regular expression matches within tokens.
struct PatternReplaceFilter: TokenFilter {
    var pattern: CompiledPattern
    var replacement: ReplacementTemplate
    /// Whether all matches are replaced, not only the first.
    var replacesAll = true
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) throws(AnalysisError) {
        for index in 0..<batch.tokens.count {
            let bytes = batch.bytes(batch.tokens[index])
            var output: [UInt8] = []
            var copied = 0
            var matched = false
            try pattern.forEachMatch(in: bytes) { match throws(AnalysisError) in
                matched = true
                output.append(contentsOf: bytes[copied..<match.range.lowerBound])
                replacement.append(match, of: bytes, to: &output)
                copied = match.range.upperBound
                return replacesAll
            }
            guard matched else { continue }
            output.append(contentsOf: bytes[copied...])
            batch.replace(index, with: output)
        }
    }
}

/// Adds a token for what each group of some regular expressions matches.
struct PatternCaptureFilter: TokenFilter {
    var patterns: [CompiledPattern]
    var preservesOriginal = true

    func apply(to batch: inout TokenBatch) throws(AnalysisError) {
        batch.spare.removeAll()
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            let bytes = batch.bytes(token)
            // What was captured: start, end, and the order of patterns, matches and groups.
            var captures: [(start: Int, end: Int, order: Int)] = []
            for (number, pattern) in patterns.enumerated() {
                let first = pattern.groupCount == 0 ? 0 : 1
                try pattern.forEachMatch(in: bytes) { match throws(AnalysisError) in
                    for group in first...max(pattern.groupCount, first) {
                        guard let range = match[group], !range.isEmpty else { continue }
                        if preservesOriginal, range == 0..<bytes.count { continue }
                        captures.append((range.lowerBound, range.upperBound, number))
                    }
                    return true
                }
            }
            // Each pattern gives its captures in order; the leftmost comes next, of several the shortest.
            var queues = patterns.indices.map { number in captures.filter { $0.order == number } }
            var ordered: [(start: Int, end: Int, order: Int)] = []
            while true {
                var best: Int?
                for (number, queue) in queues.enumerated() {
                    guard let head = queue.first else { continue }
                    if let current = best, let other = queues[current].first {
                        if head.start < other.start || head.start == other.start && head.end < other.end {
                            best = number
                        }
                    } else {
                        best = number
                    }
                }
                guard let best else { break }
                ordered.append(queues[best].removeFirst())
            }
            if preservesOriginal || ordered.isEmpty { batch.spare.append(token) }
            for (place, capture) in ordered.enumerated() {
                var piece = token
                piece.start += Int32(capture.start)
                piece.length = Int32(capture.end - capture.start)
                piece.positionIncrement = place == 0 && !preservesOriginal ? token.positionIncrement : 0
                batch.spare.append(piece)
            }
        }
        batch.useSpare()
    }
}

/// Marks the words that a regular expression matches as a whole, so that stemmers leave them alone.
struct PatternKeywordMarkerFilter: TokenFilter {
    var pattern: CompiledPattern

    func apply(to batch: inout TokenBatch) throws(AnalysisError) {
        for index in 0..<batch.tokens.count where try pattern.matchesWhole(batch.bytes(batch.tokens[index])) {
            batch.tokens.base[index].isKeyword = true
        }
    }
}
