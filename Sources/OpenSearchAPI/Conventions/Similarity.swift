/// Which known names an unknown one was meant to be.
enum Similarity {
    /// The names that are close, best first.
    static func suggestions(for name: String, among known: Set<String>) -> [String] {
        known.compactMap { candidate -> (String, Double)? in
            let distance = editDistance(Array(name.utf8), Array(candidate.utf8))
            let likeness = 1 - Double(distance) / Double(max(1, min(name.utf8.count, candidate.utf8.count)))
            return likeness > 0.5 ? (candidate, likeness) : nil
        }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
    }

    /// Insertions, deletions and replacements (Levenshtein 1966).
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard left.count <= 256, right.count <= 256 else { return max(left.count, right.count) }
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let above = row[j + 1]
                row[j + 1] = byte == right[j] ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[right.count]
    }
}
