import SearchIndex

/// Terms in order: scored as one term whose idf is the sum of the terms'.
final class PhraseWeight: Weight {
    private let clause: PhraseClause
    private let boost: Float
    private let statistics: FieldStatistics
    private let weight: TermWeight
    private let frequencies: [Int]

    init(_ clause: PhraseClause, boost: Float, snapshot: SnapshotStatistics) throws {
        self.clause = clause
        self.boost = boost
        let field = clause.field
        (statistics, frequencies, weight) = try field.phrase(
            of: clause.places.flatMap(\.terms), boost: boost, snapshot: snapshot)
    }

    override func scorer(_ segment: Segment) throws -> Scorer? { phraseScorer(segment) }

    private func phraseScorer(_ segment: Segment) -> PhraseScorer? {
        guard let dictionary = segment.terms(clause.field.number) else { return nil }
        var places: [PhraseScorer.Place] = []
        for place in clause.places {
            let cursors = place.terms.compactMap { dictionary.seek($0).map { dictionary.postings($0) } }
            if cursors.isEmpty { return nil }
            places.append(PhraseScorer.Place(position: place.position, terms: cursors))
        }
        if places.isEmpty { return nil }
        return PhraseScorer(
            places, slop: clause.slop, weight: weight,
            norms: clause.field.hasNorms ? segment.norms(clause.field.number) : nil)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let scorer = phraseScorer(segment), scorer.isMatch(at: document) else {
            return .noMatch("no matching term")
        }
        let text = clause.places.map { place in
            let words = place.terms.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
            return place.terms.count > 1 ? "(\(words))" : words
        }.joined(separator: " ")
        let slop = clause.slop > 0 ? "~\(clause.slop)" : ""
        let similarity = clause.field.similarity.explain(
            frequency: scorer.frequency, frequencyName: "phraseFreq",
            norm: clause.field.hasNorms ? segment.norms(clause.field.number)?[document] : nil, boost: boost,
            documentFrequencies: frequencies, statistics: statistics, value: scorer.score())
        return Explanation(
            scorer.score(),
            "weight(\(clause.field.name):\"\(text)\"\(slop) in \(document)) [PerFieldSimilarity], result of:",
            [similarity])
    }
}
