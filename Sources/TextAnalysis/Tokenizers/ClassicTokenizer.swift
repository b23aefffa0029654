/// Words, acronyms, companies, e-mail addresses and host names as Lucene cut them before Unicode's rules (`ClassicTokenizer`).
struct ClassicTokenizer: TextTokenizer {
    /// Longer tokens are left out, in UTF-16 code units.
    var maxTokenLength = 255

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        let scanner = RuleScanner.classic
        var index = 0
        var unit = 0
        var skipped: Int32 = 0
        while index < text.count {
            guard let match = scanner.match(base, from: index, to: text.count) else {
                let length = UTF8Scalar.decode(base, at: index).length
                index += length
                unit += UTF8Scalar.utf16Width(ofBytes: length)
                continue
            }
            if match.units <= maxTokenLength {
                // Hosts that end in a dot lose it.
                var type = Self.types[match.rule]
                var bytes = match.bytes
                var units = match.units
                if type == .acronymDeprecated {
                    if base[index + bytes - 1] == UInt8(ascii: ".") {
                        bytes -= 1
                        units -= 1
                        type = .host
                    }
                }
                batch.append(
                    base + index, length: bytes, startOffset: unit, endOffset: unit + units, type: type)
                batch.tokens.base[batch.tokens.count - 1].positionIncrement += skipped
                skipped = 0
            } else {
                skipped += 1
            }
            index += match.bytes
            unit += match.units
        }
        batch.endOffset = Int32(truncatingIfNeeded: unit)
        batch.endPositionIncrement = skipped
    }

    private static let types: [TokenType] = [
        .alphanumeric, .apostrophe, .acronym, .company, .email, .host, .number, .cjkCharacter, .acronymDeprecated,
    ]
}

/// An automaton made of regular expressions by `scripts/make_analysis_tables.py`: the longest match of several rules, of equally long
/// ones the first.
struct RuleScanner: Sendable {
    private let classes: ScalarTable<UInt8>
    private let width: Int
    private let next: [UInt16]
    private let accepting: [UInt8]

    /// The classic tokeniser's rules.
    static let classic = RuleScanner(
        classes: AnalysisTables.classicClasses, states: AnalysisTables.classicStates,
        accepting: AnalysisTables.classicAccepting)

    init(classes: StaticString, states: StaticString, accepting: StaticString) {
        self.classes = ScalarTable<UInt8>(classes)
        var kinds = HexadecimalReader(accepting)
        self.accepting = kinds.rest().map { UInt8(truncatingIfNeeded: $0) }
        var rows = HexadecimalReader(states)
        next = rows.rest().map { UInt16(truncatingIfNeeded: $0) }
        width = next.count / max(self.accepting.count, 1)
    }

    /// How many bytes a match may have: rules that wait for an @ would otherwise read on to the end of the text from every word.
    private static let farthest = 4096

    /// The longest match that begins at `start`; its rule counts from 0.
    func match(
        _ text: UnsafePointer<UInt8>, from start: Int, to end: Int
    ) -> (bytes: Int, units: Int, rule: Int)? {
        var state = 1
        var index = start
        var units = 0
        var best: (bytes: Int, units: Int, rule: Int)?
        while index < end, index - start < Self.farthest {
            let (scalar, length) = UTF8Scalar.decode(text, at: index)
            state = Int(next[state * width + Int(classes[scalar])])
            if state == 0 { break }
            index += length
            units += UTF8Scalar.utf16Width(ofBytes: length)
            if accepting[state] != 0 { best = (index - start, units, Int(accepting[state]) - 1) }
        }
        return best
    }
}
