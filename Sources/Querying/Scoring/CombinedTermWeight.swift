import SearchIndex

/// One term in several fields as if these were one: frequencies and lengths add up with the fields' weights, statistics are merged
/// (BM25F, as Lucene's `CombinedFieldQuery` computes it).
final class CombinedTermWeight: Weight {
    private let fields: [CombinedField]
    private let term: [UInt8]
    private let boost: Float
    private let documentFrequency: Int
    private let statistics: FieldStatistics
    private let similarity: FieldSimilarity
    private let weight: TermWeight

    init(_ fields: [CombinedField], _ term: [UInt8], boost: Float, snapshot: SnapshotStatistics) {
        self.fields = fields
        self.term = term
        self.boost = boost
        var merged = FieldStatistics()
        var frequency = 0
        for item in fields {
            frequency = max(frequency, snapshot.term(item.field.number, term).documentFrequency)
            let own = snapshot.field(item.field.number)
            merged.documentCount = max(merged.documentCount, own.documentCount)
            merged.sumDocumentFrequency = max(merged.sumDocumentFrequency, own.sumDocumentFrequency)
            merged.sumTotalTermFrequency = Int(
                Double(merged.sumTotalTermFrequency) + Double(item.weight) * Double(own.sumTotalTermFrequency))
        }
        documentFrequency = frequency
        statistics = merged
        similarity = fields.first?.field.similarity ?? .bm25(BM25())
        weight = similarity.weight(documentFrequency: frequency, boost: boost, statistics: merged)
    }

    override func scorer(_ segment: Segment) throws -> Scorer? { combinedScorer(segment) }

    private func combinedScorer(_ segment: Segment) -> CombinedTermScorer? {
        var parts: [CombinedTermScorer.Part] = []
        var norms: [(norms: Norms, weight: Float)] = []
        for item in fields {
            if item.field.hasNorms, let own = segment.norms(item.field.number) { norms.append((own, item.weight)) }
            guard let dictionary = segment.terms(item.field.number), let entry = dictionary.seek(term) else { continue }
            parts.append(CombinedTermScorer.Part(cursor: dictionary.postings(entry), weight: item.weight))
        }
        return parts.isEmpty ? nil : CombinedTermScorer(parts, weight: weight, norms: norms)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let scorer = combinedScorer(segment), scorer.isMatch(at: document) else {
            return .noMatch("no matching term")
        }
        let sorted = fields.sorted { $0.field.name < $1.field.name }
        let names = sorted.map { $0.weight == 1 ? $0.field.name : "\($0.field.name)^\($0.weight)" }
        let inner = similarity.explain(
            frequency: scorer.frequency, frequencyName: "termFreq", norm: scorer.norm, boost: boost,
            documentFrequencies: [documentFrequency], statistics: statistics, value: scorer.score())
        return Explanation(
            scorer.score(),
            "weight(CombinedFieldQuery((\(names.joined(separator: " ")))(\(String(decoding: term, as: UTF8.self)))) in \(document)), result of:",
            [inner])
    }
}

/// Documents with a term in any of several fields.
final class CombinedTermScorer: Scorer {
    struct Part {
        var cursor: PostingsCursor
        var weight: Float
    }

    private let parts: [Part]
    private let weight: TermWeight
    private let norms: [(norms: Norms, weight: Float)]

    init(_ parts: [Part], weight: TermWeight, norms: [(norms: Norms, weight: Float)]) {
        self.parts = parts
        self.weight = weight
        self.norms = norms
    }

    override var cost: Int { parts.reduce(0) { $0 + $1.cursor.count } }

    override func advance(to target: Int) -> Int {
        var nearest = noMoreDocuments
        for part in parts {
            let cursor = part.cursor
            nearest = min(nearest, cursor.document >= target ? cursor.document : cursor.advance(to: target))
        }
        document = nearest
        return nearest
    }

    /// How often the term occurs, with the fields' weights.
    var frequency: Float {
        var sum: Float = 0
        for part in parts where part.cursor.document == document { sum += part.weight * Float(part.cursor.frequency) }
        return sum
    }

    /// The length of all fields together in one byte; 1 where none has lengths.
    var norm: UInt8 {
        if norms.isEmpty { return 1 }
        var length: Float = 0
        for item in norms { length += item.weight * Float(FieldLength.decode(item.norms[document])) }
        return FieldLength.encode(Int((length + 0.5).rounded(.down)))
    }

    override func score() -> Float { weight.score(frequency: frequency, norm: norm) }
    override func maxScore(upTo document: Int) -> Float { weight.bound }
}
