/// The "did you mean" of an unknown name (OpenSearch's `SuggestingErrorOnUnknown`).
package enum Suggestion {
    /// Candidates whose edit distance is less than half of the longer word, nearest first.
    package static func text(for unknown: String, among candidates: [String]) -> String {
        let unknown = Array(unknown.utf16)
        var scored: [(score: Float, name: String)] = []
        for name in candidates {
            let other = Array(name.utf16)
            let longest = max(unknown.count, other.count)
            let score = longest == 0 ? 1 : 1 - Float(distance(unknown, other)) / Float(longest)
            if score > 0.5 { scored.append((score, name)) }
        }
        if scored.isEmpty { return "" }
        scored.sort { $0.score != $1.score ? $0.score > $1.score : $0.name < $1.name }
        if scored.count == 1 { return " did you mean [\(scored[0].name)]?" }
        return " did you mean any of [\(scored.map(\.name).joined(separator: ", "))]?"
    }

    /// The number of insertions, deletions and replacements between two words; quadratic.
    static func distance(_ left: [UInt16], _ right: [UInt16]) -> Int {
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
