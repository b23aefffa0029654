import SearchIndex

/// A phrase whose parts may each be of several words, as Lucene's ordered `SpanNearQuery` without slop.
///
/// Scored as one term: its frequency is the number of places where the phrase begins, its idf the sum of those of all terms.
final class GraphPhraseWeight: Weight {
    private let clause: GraphPhraseClause
    private let boost: Float
    private let statistics: FieldStatistics
    private let weight: TermWeight
    private let frequencies: [Int]

    /// - Throws: ``SearchError`` if the field has no positions.
    init(_ clause: GraphPhraseClause, boost: Float, snapshot: SnapshotStatistics) throws {
        self.clause = clause
        self.boost = boost
        let field = clause.field
        var terms: Set<[UInt8]> = []
        for part in clause.parts { for way in part { for item in way.terms { terms.insert(item.term) } } }
        (statistics, frequencies, weight) = try field.phrase(
            of: terms.sorted { $0.lexicographicallyPrecedes($1) }, boost: boost, snapshot: snapshot)
    }

    override func scorer(_ segment: Segment) throws -> Scorer? { graphScorer(segment) }

    private func graphScorer(_ segment: Segment) -> GraphPhraseScorer? {
        guard let dictionary = segment.terms(clause.field.number) else { return nil }
        var parts: [[GraphPhraseScorer.Way]] = []
        for part in clause.parts {
            let ways = part.compactMap { way -> GraphPhraseScorer.Way? in
                var terms: [PostingsCursor] = []
                for item in way.terms {
                    guard let entry = dictionary.seek(item.term) else { return nil }
                    terms.append(dictionary.postings(entry))
                }
                return GraphPhraseScorer.Way(terms, offsets: way.terms.map(\.offset))
            }
            if ways.isEmpty { return nil }
            parts.append(ways)
        }
        if parts.isEmpty { return nil }
        return GraphPhraseScorer(
            parts, weight: weight, norms: clause.field.hasNorms ? segment.norms(clause.field.number) : nil)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let scorer = graphScorer(segment), scorer.isMatch(at: document) else {
            return .noMatch("no matching term")
        }
        let text = clause.parts.map { part in
            let ways = part.map { way in
                way.terms.map { String(decoding: $0.term, as: UTF8.self) }.joined(separator: " ")
            }
            return ways.count > 1 ? "spanOr([\(ways.joined(separator: ", "))])" : ways[0]
        }.joined(separator: ", ")
        let similarity = clause.field.similarity.explain(
            frequency: scorer.frequency, frequencyName: "phraseFreq",
            norm: clause.field.hasNorms ? segment.norms(clause.field.number)?[document] : nil, boost: boost,
            documentFrequencies: frequencies, statistics: statistics, value: scorer.score())
        return Explanation(
            scorer.score(),
            "weight(spanNear([\(clause.field.name):\(text)], 0, true) in \(document)) [PerFieldSimilarity], result of:",
            [similarity])
    }
}

/// Documents where one way through each part stands behind the part before it.
final class GraphPhraseScorer: Scorer {
    /// Terms side by side that may stand for one part.
    final class Way {
        private let terms: [PostingsCursor]
        private let offsets: [Int]
        private var positions: [[Int]]
        /// The document where all terms are; only then they may stand side by side.
        private(set) var document = -1

        init(_ terms: [PostingsCursor], offsets: [Int]) {
            self.terms = terms
            self.offsets = offsets
            positions = terms.map { _ in [] }
        }

        var cost: Int { terms.map(\.count).min() ?? 0 }

        func advance(to target: Int) -> Int {
            if document >= target { return document }
            var candidate = target
            var agreeing = 0
            var i = 0
            while agreeing < terms.count {
                let found = terms[i].document >= candidate ? terms[i].document : terms[i].advance(to: candidate)
                agreeing = found == candidate ? agreeing + 1 : 1
                candidate = found
                if candidate == noMoreDocuments { break }
                i = (i + 1) % terms.count
            }
            document = candidate
            return candidate
        }

        /// Adds where the terms stand side by side in the current document; may be asked once a document.
        func addSpans(to spans: inout [Span]) {
            for (i, term) in terms.enumerated() {
                positions[i].removeAll(keepingCapacity: true)
                for _ in 0..<term.frequency { positions[i].append(term.nextPosition() - offsets[i]) }
            }
            let length = (offsets.last ?? 0) + 1
            var at = [Int](repeating: 0, count: terms.count)
            starts: for start in positions[0] {
                for i in 1..<max(1, terms.count) {
                    while at[i] < positions[i].count, positions[i][at[i]] < start { at[i] += 1 }
                    if at[i] == positions[i].count { break starts }
                    if positions[i][at[i]] != start { continue starts }
                }
                spans.append(Span(start: start, end: start + length))
            }
        }
    }

    /// Positions that a way takes: the first, and the one behind the last.
    struct Span: Comparable {
        var start: Int
        var end: Int

        static func < (a: Span, b: Span) -> Bool { (a.start, a.end) < (b.start, b.end) }
    }

    private let parts: [[Way]]
    private let weight: TermWeight
    private let norms: Norms?
    private var spans: [[Span]]
    /// How often the phrase occurs in the current document.
    private(set) var frequency: Float = 0

    init(_ parts: [[Way]], weight: TermWeight, norms: Norms?) {
        self.parts = parts
        self.weight = weight
        self.norms = norms
        spans = parts.map { _ in [] }
    }

    override var cost: Int { parts.map { $0.reduce(0) { $0 + $1.cost } }.min() ?? 0 }
    override var needsConfirmation: Bool { true }

    override func advance(to target: Int) -> Int {
        var candidate = target
        var agreeing = 0
        var i = 0
        while agreeing < parts.count, candidate != noMoreDocuments {
            var nearest = noMoreDocuments
            for way in parts[i] { nearest = min(nearest, way.advance(to: candidate)) }
            agreeing = nearest == candidate ? agreeing + 1 : 1
            candidate = nearest
            i = (i + 1) % parts.count
        }
        document = candidate
        return candidate
    }

    override func matches() -> Bool {
        frequency = 0
        for (i, part) in parts.enumerated() {
            spans[i].removeAll(keepingCapacity: true)
            for way in part where way.document == document { way.addSpans(to: &spans[i]) }
            if spans[i].isEmpty { return false }
            if part.count > 1 { spans[i].sort() }
        }
        frequency = Float(count())
        return frequency > 0
    }

    /// Each span of the first part counts from which the next parts follow without a gap.
    ///
    /// Of the spans of a part only the first one that begins late enough is looked at, as in Lucene's `NearSpansOrdered`.
    private func count() -> Int {
        var found = 0
        var at = [Int](repeating: 0, count: parts.count)
        for first in spans[0] {
            var end = first.end
            var width = 0
            for i in 1..<max(1, parts.count) {
                while at[i] < spans[i].count, spans[i][at[i]].start < end { at[i] += 1 }
                if at[i] == spans[i].count { return found }
                width += spans[i][at[i]].start - end
                end = spans[i][at[i]].end
            }
            if width == 0 { found += 1 }
        }
        return found
    }

    override func score() -> Float { weight.score(frequency: frequency, norm: norms?[document] ?? 1) }
    override func maxScore(upTo document: Int) -> Float { weight.bound }
}
