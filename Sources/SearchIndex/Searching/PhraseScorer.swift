/// Documents where terms stand at given distances: Lucene's exact phrase, or its sloppy one.
public final class PhraseScorer: Scorer {
    /// The terms that may stand at one place of a phrase.
    public struct Place {
        /// The place: 0 is the first; places may leave gaps.
        public var position: Int
        /// The terms: one for a plain phrase, more for `match_phrase_prefix` and synonyms.
        public var terms: [PostingsCursor]

        /// A place with its terms.
        public init(position: Int, terms: [PostingsCursor]) {
            self.position = position
            self.terms = terms
        }
    }

    private let places: [Place]
    private let weight: TermWeight
    private let norms: Norms?
    private let slop: Int
    private var positions: [[Int]]
    private var sloppy: SloppyPhraseMatcher?
    private var phraseFrequency: Float = 0

    /// - Parameters:
    ///   - weight: scores the phrase as one term; its idf is the sum of those of the terms.
    ///   - slop: how far terms may be moved; 0 is an exact phrase.
    public init(_ places: [Place], slop: Int = 0, weight: TermWeight, norms: Norms?) {
        self.places = places
        self.weight = weight
        self.norms = norms
        self.slop = slop
        positions = places.map { _ in [] }
        if slop > 0 {
            sloppy = SloppyPhraseMatcher(
                offsets: places.map(\.position), terms: places.map { $0.terms.map(\.identity) }, slop: slop)
        }
    }

    public override var cost: Int { places.map { $0.terms.reduce(0) { $0 + $1.count } }.min() ?? 0 }
    public override var needsConfirmation: Bool { true }

    public override func advance(to target: Int) -> Int {
        var candidate = target, i = 0, agreeing = 0
        while agreeing < places.count {
            var nearest = noMoreDocuments
            for term in places[i].terms {
                nearest = min(nearest, term.document >= candidate ? term.document : term.advance(to: candidate))
            }
            if nearest == noMoreDocuments {
                document = noMoreDocuments
                return document
            }
            agreeing = nearest == candidate ? agreeing + 1 : 1
            candidate = nearest
            i = (i + 1) % places.count
        }
        document = candidate
        return candidate
    }

    public override func matches() -> Bool {
        for (i, place) in places.enumerated() {
            let offset = slop == 0 ? place.position : 0
            positions[i].removeAll(keepingCapacity: true)
            for term in place.terms where term.document == document {
                for _ in 0..<term.frequency { positions[i].append(term.nextPosition() - offset) }
            }
            if place.terms.count > 1 { positions[i].sort() }
        }
        if sloppy != nil {
            swap(&sloppy!.positions, &positions)
            phraseFrequency = sloppy!.frequency()
            swap(&sloppy!.positions, &positions)
        } else {
            phraseFrequency = Float(exactFrequency())
        }
        return phraseFrequency > 0
    }

    private func exactFrequency() -> Int {
        var count = 0
        var at = [Int](repeating: 0, count: positions.count)
        starts: for start in positions[0] {
            for i in 1..<max(1, positions.count) {
                while at[i] < positions[i].count, positions[i][at[i]] < start { at[i] += 1 }
                if at[i] == positions[i].count { break starts }
                if positions[i][at[i]] != start { continue starts }
            }
            count += 1
        }
        return count
    }

    /// How often the phrase occurs in the current document; with slop, nearer occurrences count more.
    public var frequency: Float { phraseFrequency }

    public override func score() -> Float {
        weight.score(frequency: phraseFrequency, norm: norms?[document] ?? 1)
    }

    public override func maxScore(upTo document: Int) -> Float { weight.bound }

    public override func collect(in segment: Segment, into collector: TopDocumentsCollector) {
        guard slop == 0, places.allSatisfy({ $0.terms.count == 1 && $0.terms[0].document < 0 }) else {
            return super.collect(in: segment, into: collector)
        }
        PhraseSearch(
            places.map { ($0.position, $0.terms[0]) }, weight: weight, norms: norms, in: segment, accepted: nil,
            into: collector
        ).run()
    }
}
