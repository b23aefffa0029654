extension RankedRun {
    /// Reads a run whose ids were written by ``escapedText()``.
    package init(escaped path: String) throws(RelevanceError) {
        self = try RankedRun(path: path).mapped(Self.unescaped)
    }

    /// The run as TREC has it, whatever its ids are: blanks, which separate the fields, and percent signs are written as `%20` and so on.
    package func escapedText() -> String { mapped(Self.escaped).trecText() }

    private func mapped(_ name: (String) -> String) -> RankedRun {
        var result = RankedRun(name: self.name)
        for query in queries {
            let documents = results[query] ?? []
            result.setResults(
                documents.map { ScoredDocument(name($0.document), score: $0.score) }, query: name(query))
        }
        return result
    }

    private static func escaped(_ id: String) -> String {
        guard id.utf8.contains(where: { $0 <= 0x20 || $0 == 0x25 }) else { return id }
        var text = ""
        for scalar in id.unicodeScalars {
            if scalar.value <= 0x20 || scalar == "%" {
                text += "%" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func unescaped(_ id: String) -> String {
        guard id.contains("%") else { return id }
        let parts = id.split(separator: "%", omittingEmptySubsequences: false)
        var text = String(parts[0])
        for part in parts.dropFirst() {
            guard part.utf8.count >= 2, let value = UInt8(part.prefix(2), radix: 16) else { return id }
            text.unicodeScalars.append(Unicode.Scalar(value))
            text += part.dropFirst(2)
        }
        return text
    }
}
