import QueryGeneration

/// Queries as lines of a list, where a model gave no JSON.
enum NumberedLines {
    /// The most lines that are looked at.
    private static let lineLimit = 1000

    /// The queries of the lines that begin with a number or a bullet; a type before or behind them is taken off.
    static func queries(_ text: String) -> [AnswerText.Found] {
        text.split(maxSplits: lineLimit, whereSeparator: \.isNewline).prefix(lineLimit)
            .compactMap { item($0).map(typed) }
            .prefix(AnswerParser.queryLimit).map { $0 }
    }

    /// What follows `1.`, `2)`, `-`, `*`, `•` or `Query 1:`; nil for another line.
    private static func item(_ line: Substring) -> Substring? {
        var rest = line.drop(while: \.isWhitespace)
        for label in ["query", "question"] where rest.lowercased().hasPrefix(label) {
            rest = rest.dropFirst(label.count).drop(while: \.isWhitespace)
            guard rest.first?.isASCIIDigit == true else { return nil }
            break
        }
        if let first = rest.first, "-*•–".contains(first) {
            let behind = rest.dropFirst()
            // Two stars begin bold text, not a list.
            return behind.first?.isWhitespace == true ? text(behind) : nil
        }
        let digits = rest.prefix { $0.isASCIIDigit }
        guard (1...3).contains(digits.count) else { return nil }
        rest = rest[digits.endIndex...]
        guard let mark = rest.first, ".):".contains(mark) else { return nil }
        return text(rest.dropFirst())
    }

    private static func text(_ rest: Substring) -> Substring? {
        let text = rest.drop(while: \.isWhitespace)
        return text.isEmpty ? nil : text
    }

    /// A query without its type: `[factoid] ...`, `**Factoid:** ...`, `(conceptual) ...`.
    private static func typed(_ item: Substring) -> AnswerText.Found {
        let start = item.drop { "[(*_ ".contains($0) }
        let name = start.prefix { $0.isLetter || $0 == " " || $0 == "_" }
        let behind = start[name.endIndex...]
        if let mark = behind.first, "]):*_".contains(mark), let type = AnswerShape.type(String(name.prefix(40))) {
            let query = behind.drop { "]):*_- ".contains($0) }
            if !query.isEmpty { return (String(query), type) }
        }
        return (String(item), nil)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
