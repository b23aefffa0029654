/// Documents where terms stand at given distances: Lucene's exact phrase (slop 0).
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
            positions[i].removeAll(keepingCapacity: true)
            for term in place.terms where term.document == document {
                for _ in 0..<term.frequency { positions[i].append(term.nextPosition() - place.position) }
            }
            if place.terms.count > 1 { positions[i].sort() }
        }
        var count = 0
        for start in positions[0] where positions.dropFirst().allSatisfy({ $0.contains(start) }) { count += 1 }
        phraseFrequency = Float(count)
        return count > 0
    }

    /// How often the phrase occurs in the current document; with slop, nearer occurrences count more.
    public var frequency: Float { phraseFrequency }

    public override func score() -> Float {
        weight.score(frequency: phraseFrequency, norm: norms?[document] ?? 1)
    }

    public override func maxScore(upTo document: Int) -> Float { weight.bound }
}
