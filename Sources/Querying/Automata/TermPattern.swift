import SearchIndex

/// Which terms of a field match: a pattern that is walked together with the dictionary.
///
/// Belongs to one thread.
final class TermPattern {
    private let dfa: ByteDFA

    init(_ nfa: ByteNFA, start: Int32, limit: Int = 10_000) {
        dfa = ByteDFA(nfa, start: start, limit: limit)
    }

    /// The value with which a term matches (edits), or -1.
    func value(of term: some Sequence<UInt8>) -> Int { Int(dfa.run(term)) }

    /// Walks over the matching terms in the order of their bytes.
    ///
    /// Terms between matches are skipped by seeking, so that the
    /// time depends on the matches and not on the dictionary's size.
    ///
    /// - Parameter body: takes a term, its value and its entry; false stops.
    func forEach(in terms: TermDictionary, _ body: ([UInt8], Int, TermEntry) throws -> Bool) throws {
        guard dfa.start >= 0 else { return }
        var cursor = terms.cursor()
        guard cursor.next() else { return }
        var states: [Int32] = []
        while true {
            let term = cursor.term
            states.removeAll(keepingCapacity: true)
            states.append(dfa.start)
            var at = 0
            while at < term.count {
                let next = dfa.step(states[at], term[at])
                if next < 0 { break }
                states.append(next)
                at += 1
            }
            if dfa.isExhausted { throw TermPattern.tooComplex }
            if at == term.count {
                let value = dfa.value(states[at])
                if value >= 0, try !body(term, Int(value), cursor.entry) { return }
                if !cursor.next() { return }
                continue
            }
            guard let target = nextCandidate(after: term, at: at, states) else { return }
            if !cursor.seek(atLeast: target) { return }
        }
    }

    /// The smallest string behind a term that could start a match: the term is dead at a byte.
    private func nextCandidate(after term: [UInt8], at: Int, _ states: [Int32]) -> [UInt8]? {
        var at = at
        while true {
            var byte = Int(term[at]) + 1
            while byte < 256 {
                if dfa.step(states[at], UInt8(byte)) >= 0 { return Array(term[..<at]) + [UInt8(byte)] }
                byte += 1
            }
            if at == 0 { return nil }
            at -= 1
        }
    }

    static let tooComplex = SearchError(
        type: "too_complex_to_determinize_exception",
        reason:
            "Determinizing the pattern would require more states than [max_determinized_states] allows; make it simpler or raise the limit"
    ).during(.query)
}

extension TermPattern {
    /// Terms with a prefix.
    static func prefix(_ text: String, bothCases: Bool = false) -> TermPattern {
        var nfa = ByteNFA()
        let start = nfa.state()
        let end = literal(text.unicodeScalars, from: start, &nfa, bothCases)
        nfa.edge(end, 0, 255, end)
        nfa.accept(end)
        return TermPattern(nfa, start: start)
    }

    /// One term, whatever its case.
    static func equal(_ text: String, bothCases: Bool) -> TermPattern {
        var nfa = ByteNFA()
        let start = nfa.state()
        nfa.accept(literal(text.unicodeScalars, from: start, &nfa, bothCases))
        return TermPattern(nfa, start: start)
    }

    /// Terms that match `*`, `?` and `\` as an escape.
    static func wildcard(_ text: String, bothCases: Bool = false) -> TermPattern {
        var nfa = ByteNFA()
        let start = nfa.state()
        var at = start
        var escaped = false
        for scalar in text.unicodeScalars {
            if !escaped, scalar == "\\" {
                escaped = true
                continue
            }
            if !escaped, scalar == "*" {
                let loop = nfa.state()
                nfa.jump(at, loop)
                nfa.edge(loop, 0, 255, loop)
                at = loop
                continue
            }
            let next = nfa.state()
            if !escaped, scalar == "?" {
                nfa.anyScalar(from: at, to: next)
            } else {
                nfa.scalar(scalar, from: at, to: next, bothCases: bothCases)
            }
            at = next
            escaped = false
        }
        if escaped {
            let next = nfa.state()
            nfa.scalar("\\", from: at, to: next)
            at = next
        }
        nfa.accept(at)
        return TermPattern(nfa, start: start)
    }

    private static func literal(
        _ scalars: some Sequence<Unicode.Scalar>, from: Int32, _ nfa: inout ByteNFA, _ bothCases: Bool
    ) -> Int32 {
        var at = from
        for scalar in scalars {
            let next = nfa.state()
            nfa.scalar(scalar, from: at, to: next, bothCases: bothCases)
            at = next
        }
        return at
    }

    /// Terms within an edit distance over code points, of which the first ones are equal; the value is the distance.
    ///
    /// Swapped neighbours are one edit if `transpositions` (optimal string alignment, as Lucene's Levenshtein automata have it).
    static func fuzzy(_ text: String, edits: Int, prefixLength: Int, transpositions: Bool) -> TermPattern {
        let scalars = Array(text.unicodeScalars)
        let fixed = min(max(0, prefixLength), scalars.count)
        var nfa = ByteNFA()
        let start = nfa.state()
        let entry = literal(scalars[..<fixed], from: start, &nfa, false)
        let word = Array(scalars[fixed...])
        let n = word.count
        var grid: [[Int32]] = []
        for _ in 0...edits { grid.append((0...n).map { _ in nfa.state() }) }
        nfa.jump(entry, grid[0][0])
        for e in 0...edits {
            for i in 0...n {
                let here = grid[e][i]
                if i == n { nfa.accept(here, value: Int32(e)) }
                if i < n { nfa.scalar(word[i], from: here, to: grid[e][i + 1]) }
                guard e < edits else { continue }
                nfa.anyScalar(from: here, to: grid[e + 1][i])
                if i < n {
                    nfa.anyScalar(from: here, to: grid[e + 1][i + 1])
                    nfa.jump(here, grid[e + 1][i + 1])
                }
                if transpositions, i + 1 < n {
                    let between = nfa.state()
                    nfa.scalar(word[i + 1], from: here, to: between)
                    nfa.scalar(word[i], from: between, to: grid[e + 1][i + 2])
                }
            }
        }
        return TermPattern(nfa, start: start, limit: 100_000)
    }
}
