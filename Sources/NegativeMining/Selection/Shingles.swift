import RandomNumbers
package import TextAnalysis

/// The runs of five words of a text, as hashes: what tells whether two texts are nearly the same.
///
/// Words are those of the standard analyser: lower case, without punctuation. A text of fewer words is one run of all of them.
package struct Shingles: Sendable, Hashable {
    /// Words in a run.
    static let words = 5
    /// Ascending, each once.
    private let hashes: [UInt64]

    /// The shingles of a text; a text without words has none.
    package init(_ text: String, _ analyzer: Analyzer) throws(AnalysisError) {
        var tokens = TokenBuffer()
        try analyzer.analyze(text, into: &tokens)
        let words = (0..<tokens.count).map { token in
            SplitMix.key(of: tokens.bytes[tokens.range(of: token)])
        }
        var hashes: [UInt64] = []
        if !words.isEmpty {
            for start in 0...max(0, words.count - Self.words) {
                hashes.append(
                    words[start..<min(words.count, start + Self.words)].reduce(UInt64(0)) { hash, word in
                        var mixed = SplitMix(seed: hash, key: word)
                        return mixed.next()
                    })
            }
        }
        hashes.sort()
        var distinct: [UInt64] = []
        for hash in hashes where distinct.last != hash { distinct.append(hash) }
        self.hashes = distinct
    }

    /// Keys of bands of smallest hashes: texts share a band with a probability that grows steeply with their similarity (MinHash, Broder 1997).
    package func bands(_ count: Int, rows: Int) -> [UInt64] {
        guard !hashes.isEmpty else { return [] }
        return (0..<count).map { band in
            (0..<rows).reduce(UInt64(band)) { key, row in
                let seed = UInt64(band * rows + row) &* 0x9E37_79B9_7F4A_7C15 | 1
                let smallest = hashes.reduce(UInt64.max) { min($0, ($1 ^ seed) &* 0xBF58_476D_1CE4_E5B9) }
                var mixed = SplitMix(seed: key, key: smallest)
                return mixed.next()
            }
        }
    }

    /// The Jaccard coefficient: shared runs by all runs; 0 where one of the two has none.
    package func similarity(_ other: Shingles) -> Double {
        var (i, j, shared) = (0, 0, 0)
        while i < hashes.count, j < other.hashes.count {
            if hashes[i] == other.hashes[j] {
                shared += 1
                i += 1
                j += 1
            } else if hashes[i] < other.hashes[j] {
                i += 1
            } else {
                j += 1
            }
        }
        let all = hashes.count + other.hashes.count - shared
        return all > 0 ? Double(shared) / Double(all) : 0
    }
}
