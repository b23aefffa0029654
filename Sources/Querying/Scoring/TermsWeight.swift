import SearchIndex

/// One term, or several that count as one, with BM25 as Lucene computes it.
final class TermsWeight: Weight {
    private let field: ScoredField
    private let terms: [[UInt8]]
    private let boost: Float
    private let documentFrequency: Int
    private let statistics: FieldStatistics
    private let weight: TermWeight

    /// - Parameters:
    ///   - documentFrequency: the number of documents for the idf; that of the terms if `nil`.
    init(
        _ field: ScoredField, _ terms: [[UInt8]], boost: Float, snapshot: SnapshotStatistics,
        documentFrequency: Int? = nil
    ) {
        self.field = field
        self.terms = terms
        self.boost = boost
        statistics = snapshot.field(field.number)
        // A synonym's frequency is that of its most frequent term.
        self.documentFrequency =
            documentFrequency ?? terms.map { snapshot.term(field.number, $0).documentFrequency }.max() ?? 0
        weight = field.similarity.weight(
            documentFrequency: self.documentFrequency, boost: boost, statistics: statistics)
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let dictionary = segment.terms(field.number) else { return nil }
        let norms = field.hasNorms ? segment.norms(field.number) : nil
        if terms.count == 1 {
            guard let entry = dictionary.seek(terms[0]) else { return nil }
            return TermScorer(dictionary.postings(entry), weight: weight, norms: norms)
        }
        let cursors = terms.compactMap { dictionary.seek($0).map { dictionary.postings($0) } }
        if cursors.isEmpty { return nil }
        if cursors.count == 1 { return TermScorer(cursors[0], weight: weight, norms: norms) }
        return SynonymScorer(cursors, weight: weight, norms: norms)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        let names = terms.map { "\(field.name):\(String(decoding: $0, as: UTF8.self))" }
        let name = names.count == 1 ? names[0] : "Synonym(\(names.joined(separator: " ")))"
        guard let scorer = try scorer(segment), scorer.isMatch(at: document) else {
            return .noMatch("no matching term")
        }
        let frequency = (scorer as? TermScorer)?.frequency ?? (scorer as? SynonymScorer)?.frequency ?? 1
        let similarity = field.similarity.explain(
            frequency: Float(frequency), frequencyName: terms.count == 1 ? "freq" : "termFreq",
            norm: field.hasNorms ? segment.norms(field.number)?[document] : nil, boost: boost,
            documentFrequencies: [documentFrequency], statistics: statistics, value: scorer.score())
        return Explanation(
            scorer.score(), "weight(\(name) in \(document)) [PerFieldSimilarity], result of:", [similarity])
    }
}

/// Documents with any of several terms of one field, scored by the sum of their frequencies.
final class SynonymScorer: Scorer {
    private let cursors: [PostingsCursor]
    private let weight: TermWeight
    private let norms: Norms?

    init(_ cursors: [PostingsCursor], weight: TermWeight, norms: Norms?) {
        self.cursors = cursors
        self.weight = weight
        self.norms = norms
    }

    override var cost: Int { cursors.reduce(0) { $0 + $1.count } }

    override func advance(to target: Int) -> Int {
        var nearest = noMoreDocuments
        for cursor in cursors {
            nearest = min(nearest, cursor.document >= target ? cursor.document : cursor.advance(to: target))
        }
        document = nearest
        return nearest
    }

    var frequency: Int {
        cursors.reduce(0) { $0 + ($1.document == document ? $1.frequency : 0) }
    }

    override func score() -> Float { weight.score(frequency: Float(frequency), norm: norms?[document] ?? 1) }
    override func maxScore(upTo document: Int) -> Float { weight.bound }
}

extension FieldSimilarity {
    func weight(documentFrequency: Int, boost: Float, statistics: FieldStatistics) -> TermWeight {
        switch self {
        case .bm25(let bm25):
            bm25.weight(
                idf: BM25.idf(documentFrequency: documentFrequency, documentCount: statistics.documentCount),
                boost: boost, statistics: statistics)
        case .boolean: TermWeight(.constant(boost))
        }
    }

    /// Lucene's explanation of a BM25 score.
    ///
    /// - Parameter documentFrequencies: That of the term, or those of the terms of a phrase.
    func explain(
        frequency: Float, frequencyName: String, norm: UInt8?, boost: Float, documentFrequencies: [Int],
        statistics: FieldStatistics, value: Float
    ) -> Explanation {
        guard case .bm25(let bm25) = self else {
            return Explanation(
                value, "score(BooleanWeight), computed from:",
                [Explanation(boost, "boost, query boost")])
        }
        let factors = documentFrequencies.map { count in
            Explanation(
                BM25.idf(documentFrequency: count, documentCount: statistics.documentCount),
                "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)) from:",
                [
                    Explanation(Float(count), "n, number of documents containing term"),
                    Explanation(Float(statistics.documentCount), "N, total number of documents with field"),
                ])
        }
        let inverse =
            factors.count == 1
            ? factors[0] : Explanation(factors.reduce(0) { $0 + $1.value }, "idf, sum of:", factors)
        let length = Float(norm.map { FieldLength.decode($0) } ?? 1)
        let average = BM25.averageLength(statistics)
        let isTerm = frequencyName == "freq"
        var parts: [Explanation] = [
            Explanation(
                frequency, isTerm ? "freq, occurrences of term within document" : "\(frequencyName)=\(frequency)")
        ]
        parts.append(Explanation(bm25.k1, "k1, term saturation parameter"))
        parts.append(Explanation(bm25.b, "b, length normalization parameter"))
        parts.append(Explanation(length, "dl, length of field" + (length >= 40 ? " (approximate)" : "")))
        parts.append(Explanation(average, "avgdl, average length of field"))
        let tf = frequency / (frequency + bm25.k1 * (1 - bm25.b + bm25.b * length / average))
        var details: [Explanation] = []
        if boost != 1 { details.append(Explanation(boost, "boost")) }
        details.append(inverse)
        details.append(
            Explanation(tf, "tf, computed as freq / (freq + k1 * (1 - b + b * dl / avgdl)) from:", parts))
        return Explanation(
            value, "score(freq=\(frequency)), computed as boost * idf * tf from:", details)
    }
}

/// Statistics of a snapshot, each looked up once.
final class SnapshotStatistics {
    let snapshot: IndexSnapshot
    private var fields: [FieldNumber: FieldStatistics] = [:]
    private var terms: [TermKey: TermStatistics] = [:]

    private struct TermKey: Hashable {
        var field: FieldNumber
        var term: [UInt8]
    }

    init(_ snapshot: IndexSnapshot) { self.snapshot = snapshot }

    func field(_ number: FieldNumber) -> FieldStatistics {
        if let known = fields[number] { return known }
        let statistics = snapshot.statistics(number)
        fields[number] = statistics
        return statistics
    }

    func term(_ field: FieldNumber, _ term: [UInt8]) -> TermStatistics {
        let key = TermKey(field: field, term: term)
        if let known = terms[key] { return known }
        let statistics = snapshot.statistics(field, term)
        terms[key] = statistics
        return statistics
    }
}
