/// The automaton of word breaking: UAX #29's rules as Lucene's `StandardTokenizer` has them, with emoji sequences of UTS #51.
///
/// It finds the longest match from a place on and says which kind it is. Rules and tables come from `scripts/make_analysis_tables.py`.
struct UnicodeWordScanner: Sendable {
    /// What the shared tables say.
    static let shared = UnicodeWordScanner()

    private let classes = ScalarTable<UInt8>(AnalysisTables.wordBreakClasses)
    private let next: [UInt8]
    private let accepting: [UInt8]
    private static let width = 29

    private init() {
        var states = HexadecimalReader(AnalysisTables.wordBreakStates)
        next = states.rest().map { UInt8(truncatingIfNeeded: $0) }
        var kinds = HexadecimalReader(AnalysisTables.wordBreakAccepting)
        accepting = kinds.rest().map { UInt8(truncatingIfNeeded: $0) }
    }

    /// A match: how many bytes and UTF-16 code units, and of which type.
    struct Match {
        var bytes: Int
        var units: Int
        var type: TokenType
    }

    /// The longest match that begins at `start` and has at most `limit` UTF-16 code units.
    @inline(__always)
    func match(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int, limit: Int) -> Match? {
        next.withUnsafeBufferPointer { next in
            accepting.withUnsafeBufferPointer { accepting in
                var state = 1
                var index = start
                var units = 0
                var best = Match(bytes: 0, units: 0, type: .word)
                var rule: UInt8 = 0
                while index < end {
                    let (scalar, length) = UTF8Scalar.decode(text, at: index)
                    let width = UTF8Scalar.utf16Width(ofBytes: length)
                    if units + width > limit { break }
                    state = Int(next[state * Self.width + Int(classes[scalar])])
                    if state == 0 { break }
                    index += length
                    units += width
                    if accepting[state] != 0 {
                        rule = accepting[state]
                        best.bytes = index - start
                        best.units = units
                    }
                }
                guard rule != 0 else { return nil }
                best.type = Self.types[Int(rule) - 1]
                return best
            }
        }
    }

    private static let types: [TokenType] = [
        .emoji, .number, .hangul, .katakana, .alphanumeric, .southeastAsian, .ideographic, .hiragana,
    ]
}
