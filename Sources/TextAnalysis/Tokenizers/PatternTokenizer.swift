/// Cuts by a regular expression: at what matches, or into what a group of it matches (Lucene's `PatternTokenizer`).
struct PatternTokenizer: TextTokenizer {
    var pattern: CompiledPattern
    /// The group whose matches are the tokens; -1 to cut at matches.
    var group = -1

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) throws(AnalysisError) {
        guard let base = text.baseAddress else { return }
        var cursor = OffsetCursor(base)
        func emit(_ range: Range<Int>, _ batch: inout TokenBatch) {
            let start = cursor.offset(at: range.lowerBound)
            let end = cursor.offset(at: range.upperBound)
            batch.append(
                base + range.lowerBound, length: range.count, startOffset: start, endOffset: end, type: .word)
        }
        var from = 0
        try pattern.forEachMatch(in: text) { match throws(AnalysisError) in
            if group >= 0 {
                if let range = match[group], !range.isEmpty { emit(range, &batch) }
            } else {
                if match.range.lowerBound > from { emit(from..<match.range.lowerBound, &batch) }
                from = match.range.upperBound
            }
            return true
        }
        if group < 0, from < text.count { emit(from..<text.count, &batch) }
        batch.endOffset = Int32(truncatingIfNeeded: cursor.offset(at: text.count))
    }
}

/// Cuts by a regular expression without groups and look-around, always by its longest match (Lucene's `SimplePatternTokenizer` and
/// `SimplePatternSplitTokenizer`).
struct SimplePatternTokenizer: TextTokenizer {
    var pattern: CompiledPattern
    /// Whether matches separate the tokens; otherwise they are the tokens.
    var splits = false

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) throws(AnalysisError) {
        guard let base = text.baseAddress else { return }
        var cursor = OffsetCursor(base)
        var workspace = [Int32](repeating: 0, count: 1000)
        func emit(_ range: Range<Int>, _ batch: inout TokenBatch) {
            let start = cursor.offset(at: range.lowerBound)
            let end = cursor.offset(at: range.upperBound)
            batch.append(
                base + range.lowerBound, length: range.count, startOffset: start, endOffset: end, type: .word)
        }
        var from = 0
        var index = 0
        while index < text.count {
            guard let end = try pattern.longestMatch(in: text, at: index, workspace: &workspace) else {
                index += UTF8Scalar.decode(base, at: index).length
                continue
            }
            if splits {
                if index > from { emit(from..<index, &batch) }
            } else {
                emit(index..<end, &batch)
            }
            from = end
            index = end
        }
        if splits, from < text.count { emit(from..<text.count, &batch) }
        batch.endOffset = Int32(truncatingIfNeeded: cursor.offset(at: text.count))
    }
}
