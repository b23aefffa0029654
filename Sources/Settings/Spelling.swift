/// Finds what somebody meant who wrote a name slightly wrong.
enum Spelling {
    /// The nearest of some names within a third of the length in edits; nil if none is near.
    static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let wanted = normalized(name)
        var best: (name: String, distance: Int)?
        for candidate in names {
            let distance = distance(wanted, normalized(candidate))
            if distance <= max(1, wanted.count / 3), distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// A question for the end of a message, or nothing if no name is near.
    static func hint(for name: String, among names: some Sequence<String>) -> String {
        nearest(to: name, among: names).map { ". Did you mean '\($0)'?" } ?? ""
    }

    /// Case, `-` and `_` make no difference to what was meant.
    private static func normalized(_ name: String) -> [Character] {
        name.prefix(100).lowercased().filter { $0 != "_" && $0 != "-" }
    }

    /// Insertions, deletions, replacements and swaps of neighbours that make one text of the other (optimal string
    /// alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var before: [Int] = []
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var next = [i + 1]
            for (j, other) in right.enumerated() {
                var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (character == other ? 0 : 1))
                if i > 0, j > 0, character == right[j - 1], left[i - 1] == other { cost = min(cost, before[j - 1] + 1) }
                next.append(cost)
            }
            (before, row) = (row, next)
        }
        return row[right.count]
    }
}
