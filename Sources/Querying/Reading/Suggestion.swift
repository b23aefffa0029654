/// The "did you mean" of an unknown name (OpenSearch's `SuggestingErrorOnUnknown`).
package enum Suggestion {
    /// Candidates that are like an unknown name, the most like first.
    ///
    /// Likeness is 1 less the edit distance over the length of the longer word (Lucene's `LevenshteinDistance`).
    ///
    /// - Parameter threshold: Candidates must be more like it than this.
    package static func names(
        like unknown: String, among candidates: some Sequence<String>, above threshold: Float = 0.5
    ) -> [String] {
        let unknown = Array(unknown.utf16)
        var scored: [(score: Float, name: String)] = []
        for name in candidates {
            let other = Array(name.utf16)
            let longest = Float(max(unknown.count, other.count, 1))
            // What differs in length by too much need not be compared; so names without end cost nothing.
            guard 1 - Float(abs(unknown.count - other.count)) / longest > threshold else { continue }
            let score = 1 - Float(distance(unknown, other)) / longest
            if score > threshold { scored.append((score, name)) }
        }
        scored.sort { $0.score != $1.score ? $0.score > $1.score : $0.name < $1.name }
        return scored.map(\.name)
    }

    /// The end of a sentence about an unknown name: a question, or nothing if no candidate is like it.
    package static func text(
        for unknown: String, among candidates: some Sequence<String>, above threshold: Float = 0.5
    ) -> String {
        let names = names(like: unknown, among: candidates, above: threshold)
        switch names.count {
        case 0: return ""
        case 1: return " did you mean [\(names[0])]?"
        default: return " did you mean any of [\(names.joined(separator: ", "))]?"
        }
    }

    /// The number of insertions, deletions and replacements between two words (Levenshtein 1966); quadratic.
    private static func distance(_ left: [UInt16], _ right: [UInt16]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
