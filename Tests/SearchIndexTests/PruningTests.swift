import SearchIndex
import TestSupport
import Testing

@Suite struct PruningTests {
    struct Query {
        enum Kind: CaseIterable { case any, all, filtered, rest, phrase, learned }
        var kind: Kind
        var terms: [String]
        var boosts: [Float]
    }

    /// Several segments, deleted documents, lengths from 0 to 60 words, terms from one document to nearly all.
    static func makeIndex(
        _ folder: TemporaryFolder, sizes: [Int], _ generator: inout SeededGenerator
    ) throws -> IndexWriter {
        var options = WriterOptions()
        options.mergesInBackground = false
        let writer = try IndexWriter(folder: folder.path, options: options)
        try writer.define(0, .text)
        try writer.define(1, FieldOptions(indexing: .frequencies))
        var document = IndexDocument()
        var seqNo: Int64 = 0
        for size in sizes {
            for _ in 0..<size {
                document.removeAll()
                document.seqNo = seqNo
                seqNo += 1
                var words: [String] = []
                for _ in 0..<Int.random(in: 0...60, using: &generator) {
                    words.append(word(&generator, part: Int(seqNo) / 4100))
                }
                document.add(0, tokens: NaiveDocument.tokens(words))
                for feature in 0..<5 where Bool.random(using: &generator) {
                    document.add(
                        1, term: "w\(feature)",
                        frequency: TermWeight.featureFrequency(generator.float(in: 0.01...9)))
                }
                try writer.add(document)
            }
            try writer.refresh()
        }
        for _ in 0..<900 { writer.delete(seqNo: Int64.random(in: 0..<seqNo, using: &generator)) }
        try writer.refresh()
        return writer
    }

    /// Some words occur only in one part of the documents, and there in most: their postings end before the segment does.
    static func word(_ generator: inout SeededGenerator, part: Int) -> String {
        if Int.random(in: 0..<3, using: &generator) == 0 {
            return "p\(part)x\(Int.random(in: 0..<8, using: &generator))"
        }
        return NaiveDocument.word(&generator, vocabulary: 3000)
    }

    static func scorer(_ query: Query, _ snapshot: IndexSnapshot, _ segment: Segment) -> Scorer? {
        if query.kind == .phrase {
            var places: [PhraseScorer.Place] = []
            for (i, term) in query.terms.prefix(3).enumerated() {
                guard let postings = segment.postings(0, Array(term.utf8)) else { return nil }
                places.append(PhraseScorer.Place(position: i, terms: [postings]))
            }
            let weight = BM25().weight(idf: 3, statistics: snapshot.statistics(0))
            return PhraseScorer(places, weight: weight, norms: segment.norms(0))
        }
        var scorers: [Scorer] = []
        for (i, (term, boost)) in zip(query.terms, query.boosts).enumerated() {
            let bytes = Array(term.utf8)
            // Now and then a clause on learned weights among the words.
            let isLearned = query.kind == .learned || boost < 0.3 && i > 0
            if isLearned, let postings = segment.postings(1, bytes) {
                scorers.append(TermScorer(postings, weight: TermWeight(.linear(weight: boost)), norms: nil))
                continue
            }
            guard let postings = segment.postings(0, bytes) else {
                if query.kind == .all { return nil }
                continue
            }
            let weight = BM25().weight(
                snapshot.statistics(0, bytes), boost: boost, statistics: snapshot.statistics(0))
            scorers.append(TermScorer(postings, weight: weight, norms: segment.norms(0)))
        }
        guard !scorers.isEmpty else { return nil }
        switch query.kind {
        case .any, .learned: return scorers.count == 1 ? scorers[0] : DisjunctionScorer(scorers)
        case .all: return scorers.count == 1 ? scorers[0] : ConjunctionScorer(scorers)
        case .filtered:
            var set = DocumentSet(capacity: segment.documentCount)
            for document in stride(from: 0, to: segment.documentCount, by: 3) { set.insert(document) }
            return ConjunctionScorer([DisjunctionScorer(scorers)], filters: [SetScorer(set)])
        case .rest, .phrase: return DisjunctionScorer(scorers, combination: .maximum(tieBreaker: 0.3))
        }
    }

    /// One document after the other, everything sorted at the end.
    static func exhaustive(_ query: Query, _ snapshot: IndexSnapshot) -> [ScoredDocument] {
        var hits: [ScoredDocument] = []
        for segment in snapshot.segments {
            guard let scorer = scorer(query, snapshot, segment) else { continue }
            while scorer.nextMatch() != noMoreDocuments {
                guard segment.isLive(scorer.document) else { continue }
                hits.append(ScoredDocument(document: segment.base + scorer.document, score: scorer.score()))
            }
        }
        hits.sort { $0.score > $1.score || $0.score == $1.score && $0.document < $1.document }
        return hits
    }

    static func query(_ kind: Query.Kind, _ generator: inout SeededGenerator) -> Query {
        var query = Query(kind: kind, terms: [], boosts: [])
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            if let last = query.terms.last, Int.random(in: 0..<12, using: &generator) == 0 {
                query.terms.append(last)
            } else if kind == .learned {
                query.terms.append("w\(Int.random(in: 0..<5, using: &generator))")
            } else {
                query.terms.append(word(&generator, part: Int.random(in: 0...2, using: &generator)))
            }
            query.boosts.append(Bool.random(using: &generator) ? 1 : generator.float(in: 0.1...3))
        }
        return query
    }

    @Test(arguments: [[9000, 3000, 200], [4097, 2431, 257, 3, 127], [8191]])
    func prunedTopEqualsExhaustiveTop(sizes: [Int]) throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: UInt64(5 + sizes.count))
            let writer = try Self.makeIndex(folder, sizes: sizes, &generator)
            let snapshot = writer.snapshot
            #expect(snapshot.segments.count == sizes.count)
            var different = 0, wrongCounts = 0, found = 0
            for round in 0..<4_000 {
                let query = Self.query(Query.Kind.allCases[round % Query.Kind.allCases.count], &generator)
                let k = [1, 10, 100][Int.random(in: 0..<3, using: &generator)]
                let countUpTo = [0, 100, 1000, Int.max][Int.random(in: 0..<4, using: &generator)]
                let collector = TopDocumentsCollector(k: k, countUpTo: countUpTo)
                snapshot.search(into: collector) { Self.scorer(query, snapshot, $0) }
                let result = collector.finish(), expected = Self.exhaustive(query, snapshot)
                if result.hits != Array(expected.prefix(k)) { different += 1 }
                if result.isCountExact ? result.count != expected.count : result.count > expected.count {
                    wrongCounts += 1
                }
                if expected.count <= countUpTo, !result.isCountExact { wrongCounts += 1 }
                found += expected.count
            }
            #expect(different == 0)
            #expect(wrongCounts == 0)
            #expect(found > 1_000_000)
            #expect(snapshot.damage == nil)
            writer.close()
        }
    }
}
