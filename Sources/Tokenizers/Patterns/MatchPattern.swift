/// A stretch of a text that a pattern matches, or that lies between two matches.
struct PatternMatch: Sendable, Hashable {
    /// The first byte.
    var start: Int
    /// The byte after the last one.
    var end: Int
    /// Whether the pattern matches here.
    var isMatch: Bool
}

/// What text is split at, or replaced.
enum MatchPattern: Sendable {
    /// An exact string, not empty.
    case literal([UInt8])
    /// Each single scalar that has one of the properties.
    case properties(ScalarProperties)
    /// One scalar.
    case scalar(UInt32)
    /// A regular expression.
    case regex(RegularExpression)
    /// The words of GPT-2, by hand.
    case gpt2Words
    /// `\w+|[^\w\s]+`, by hand.
    case wordsOrSymbols

    /// Cuts `text` into matches and the stretches between them; together they cover it.
    ///
    /// Positions count from the start of the slice.
    ///
    /// - Throws: `matchLimit` if a regular expression takes too many steps.
    func findMatches(in text: ArraySlice<UInt8>, into matches: inout [PatternMatch]) throws(TokenizerError) {
        try text.withUnsafeBufferPointer { (bytes) throws(TokenizerError) -> Void in
            var done = 0
            func emit(_ start: Int, _ end: Int) {
                if done < start { matches.append(PatternMatch(start: done, end: start, isMatch: false)) }
                matches.append(PatternMatch(start: start, end: end, isMatch: true))
                done = end
            }
            switch self {
            case .literal(let needle): Self.search(needle, in: bytes, emit: emit)
            case .properties(let wanted):
                Self.forEachScalar(bytes) { scalar, start, end in
                    if !ScalarProperties.of(scalar).isDisjoint(with: wanted) { emit(start, end) }
                }
            case .scalar(let wanted):
                Self.forEachScalar(bytes) { scalar, start, end in if scalar == wanted { emit(start, end) } }
            case .regex(let expression): try expression.forEachMatch(in: bytes, emit: emit)
            case .wordsOrSymbols:
                var start = 0
                var kind: UInt8 = 0
                Self.forEachScalar(bytes) { scalar, from, end in
                    let properties = ScalarProperties.of(scalar)
                    let next: UInt8 = properties.contains(.word) ? 1 : properties.contains(.whitespace) ? 0 : 2
                    if next != kind {
                        if kind != 0 { emit(start, from) }
                        (start, kind) = (from, next)
                    }
                }
                if kind != 0 { emit(start, bytes.count) }
            case .gpt2Words: GPT2WordScanner.forEachWord(in: bytes, emit: emit)
            }
            if done < bytes.count { matches.append(PatternMatch(start: done, end: bytes.count, isMatch: false)) }
        }
    }

    @inline(__always)
    private static func forEachScalar(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (_ scalar: UInt32, _ start: Int, _ end: Int) -> Void
    ) {
        var index = 0
        while index < bytes.count {
            let (scalar, length) = UTF8Scalar.decode(bytes, at: index)
            body(scalar, index, index + length)
            index += length
        }
    }

    private static func search(
        _ needle: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, emit: (_ start: Int, _ end: Int) -> Void
    ) {
        guard let first = needle.first, bytes.count >= needle.count else { return }
        var index = 0
        while index <= bytes.count - needle.count {
            if bytes[index] == first && (1..<needle.count).allSatisfy({ bytes[index + $0] == needle[$0] }) {
                emit(index, index + needle.count)
                index += needle.count
            } else {
                index += 1
            }
        }
    }
}
