/// How alike two words are, from 0 to 1, by the measures of Lucene's spell checkers.
public enum StringDistance: String, Sendable, Hashable {
    /// The edits by which a candidate was found.
    case edits = "internal"
    /// Edits, where swapped neighbours are one.
    case damerauLevenshtein = "damerau_levenshtein"
    /// Edits.
    case levenshtein
    /// Common characters at about the same places, with a bonus for a common beginning.
    case jaroWinkler = "jaro_winkler"
    /// Common pairs of characters at about the same places.
    case ngram

    /// The likeness; `nil` if the edits are known already.
    ///
    /// O(product of the lengths).
    package func likeness(_ a: String, _ b: String) -> Float? {
        switch self {
        case .edits: nil
        case .damerauLevenshtein: Self.damerauLevenshtein(a.unicodeScalars.map(\.value), b.unicodeScalars.map(\.value))
        case .levenshtein: Self.levenshtein(Array(a.utf16), Array(b.utf16))
        case .jaroWinkler: Self.jaroWinkler(Array(a.utf16), Array(b.utf16))
        case .ngram: Self.ngrams(Array(a.utf16), Array(b.utf16))
        }
    }

    private static func damerauLevenshtein(_ a: [UInt32], _ b: [UInt32]) -> Float {
        if a.isEmpty || b.isEmpty { return a.count == b.count ? 1 : 0 }
        var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { rows[i][0] = i }
        for j in 0...b.count { rows[0][j] = j }
        for i in 1...a.count {
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                var best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + cost)
                }
                rows[i][j] = best
            }
        }
        return 1 - Float(rows[a.count][b.count]) / Float(min(a.count, b.count))
    }

    private static func levenshtein(_ a: [UInt16], _ b: [UInt16]) -> Float {
        if a.isEmpty || b.isEmpty { return a.count == b.count ? 1 : 0 }
        var row = Array(0...b.count)
        for i in 1...a.count {
            var diagonal = row[0]
            row[0] = i
            for j in 1...b.count {
                let above = row[j]
                row[j] = min(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1))
                diagonal = above
            }
        }
        return 1 - Float(row[b.count]) / Float(max(a.count, b.count))
    }

    private static func jaroWinkler(_ a: [UInt16], _ b: [UInt16]) -> Float {
        let (longer, shorter) = a.count > b.count ? (a, b) : (b, a)
        let range = max(longer.count / 2 - 1, 0)
        var partners = [Int](repeating: -1, count: shorter.count)
        var taken = [Bool](repeating: false, count: longer.count)
        var matches = 0
        for i in shorter.indices {
            for j in max(i - range, 0)..<max(min(i + range + 1, longer.count), max(i - range, 0))
            where !taken[j] && shorter[i] == longer[j] {
                partners[i] = j
                taken[j] = true
                matches += 1
                break
            }
        }
        if matches == 0 { return 0 }
        let first = shorter.indices.filter { partners[$0] >= 0 }.map { shorter[$0] }
        let second = longer.indices.filter { taken[$0] }.map { longer[$0] }
        let transpositions = zip(first, second).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
        let prefix = zip(a, b).prefix { $0 == $1 }.count
        let common = Float(matches)
        let jaro =
            (common / Float(a.count) + common / Float(b.count) + (common - Float(transpositions / 2)) / common) / 3
        return jaro < 0.7 ? jaro : jaro + min(0.1, 1 / Float(longer.count)) * Float(prefix) * (1 - jaro)
    }

    /// Kondrak's distance of pairs.
    private static func ngrams(_ a: [UInt16], _ b: [UInt16]) -> Float {
        let size = 2
        if a.isEmpty || b.isEmpty { return a.count == b.count ? 1 : 0 }
        if a.count < size || b.count < size {
            let equal = zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
            return Float(equal) / Float(max(a.count, b.count))
        }
        // Before the first character stands one that counts for nothing.
        let source: [UInt16] = [0] + a
        var previous = (0...a.count).map(Float.init)
        var current = previous
        for j in 1...b.count {
            let gram: [UInt16] = [j > 1 ? b[j - 2] : 0, b[j - 1]]
            current[0] = Float(j)
            for i in 1...a.count {
                var cost = 0
                var counted = size
                for n in 0..<size {
                    if source[i - 1 + n] != gram[n] {
                        cost += 1
                    } else if source[i - 1 + n] == 0 {
                        counted -= 1
                    }
                }
                current[i] = min(current[i - 1] + 1, previous[i] + 1, previous[i - 1] + Float(cost) / Float(counted))
            }
            swap(&previous, &current)
        }
        return 1 - previous[a.count] / Float(max(a.count, b.count))
    }
}
