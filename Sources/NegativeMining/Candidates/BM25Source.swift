import SearchIndex
import Teachers
import TextAnalysis
public import Tensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Search by words: BM25 as Lucene computes it, over an index of this engine that exists for the time of the mining.
public struct BM25Source: CandidateSource {
    /// `bm25`.
    public let name = "bm25"
    private let snapshot: IndexSnapshot
    private let analyzer: Analyzer
    private let bm25: BM25
    private let pool: WorkerPool
    private static let field: FieldNumber = 1

    /// Analyses and indexes the documents.
    ///
    /// - Parameters:
    ///   - documents: their texts, by number.
    ///   - analyzer: the name of a built-in analyser: `standard`, `english` and so on.
    ///   - k1: how quickly a term's frequency saturates.
    ///   - b: how much the length counts.
    ///   - pool: threads for the search.
    /// - Throws: ``MiningError`` for an analyser that does not exist; `IndexError` when the temporary folder cannot be written.
    public init(
        documents: [String], analyzer: String = "standard", k1: Float = 1.2, b: Float = 0.75, pool: WorkerPool,
        control: MiningControl = MiningControl()
    ) throws {
        guard let found = AnalysisRegistry.builtIn.analyzer(named: analyzer) else {
            throw MiningError(
                .badSetting, "there is no analyzer '\(analyzer)'",
                advice: "Use standard, english or another built-in one")
        }
        self.analyzer = found
        bm25 = BM25(k1: k1, b: b)
        self.pool = pool
        let folder = FileManager.default.temporaryDirectory.appending(path: "needletail-mining-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The segments stay mapped as long as the snapshot lives.
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = WriterOptions()
        options.threads = 1
        options.mergesInBackground = false
        let writer = try IndexWriter(folder: folder.path, options: options)
        defer { writer.close() }
        try writer.define(Self.field, .text)
        var document = IndexDocument()
        var tokens = TokenBuffer()
        try control.inPortions(of: 10_000, documents.count, "index documents (bm25)") { range in
            for number in range {
                document.removeAll()
                document.seqNo = Int64(number)
                tokens.removeAll()
                try found.analyze(documents[number], into: &tokens)
                document.add(Self.field, tokens: tokens)
                try writer.add(document)
            }
        }
        snapshot = try writer.refresh()
    }

    /// The best documents of each query; those without a word in common are not among them.
    public func search(_ queries: [String], depth: Int, control: MiningControl) throws -> [[ScoredCandidate]] {
        try map(queries, control, "search (bm25)") { terms, _ in
            let collector = TopDocumentsCollector(k: depth, countUpTo: 0)
            for segment in snapshot.segments {
                let scorers = self.scorers(terms, segment)
                if !scorers.isEmpty { DisjunctionScorer(scorers).collect(in: segment, into: collector) }
            }
            return collector.finish().hits.map { hit in
                let place = snapshot.locate(hit.document)
                return ScoredCandidate(
                    document: Int(snapshot.segments[place.segment].seqNo(of: place.document)), score: hit.score)
            }
        }
    }

    /// The scores of certain documents; 0 for those without a word in common.
    public func scores(_ queries: [String], documents: [[Int]], control: MiningControl) throws -> [[Float]] {
        try map(queries, control, "score (bm25)") { terms, query in
            let wanted = documents[query]
            var scores = [Float](repeating: 0, count: wanted.count)
            for segment in snapshot.segments {
                let places = wanted.indices.compactMap { index in
                    segment.document(withSeqNo: Int64(wanted[index])).map { (index: index, document: $0) }
                }
                let sorted = places.sorted { $0.document < $1.document }
                var sums = [Double](repeating: 0, count: sorted.count)
                for scorer in self.scorers(terms, segment) {
                    for (index, place) in sorted.enumerated() where scorer.advance(ifBefore: place.document) {
                        sums[index] += Double(scorer.score())
                    }
                }
                for (place, sum) in zip(sorted, sums) { scores[place.index] = Float(sum) }
            }
            return scores
        }
    }

    /// A result for each query by its terms, on all threads.
    private func map<Result: Sendable>(
        _ queries: [String], _ control: MiningControl, _ part: String,
        _ body: @escaping @Sendable (_ terms: [WeightedTerm], _ query: Int) -> [Result]
    ) throws -> [[Result]] {
        let terms = try queries.map { try weightedTerms($0) }
        let results = ResultTable<[Result]>(count: queries.count, initial: [])
        try control.inPortions(of: 512, queries.count, part) { range in
            pool.run(range.count) { offset, _ in
                results[range.lowerBound + offset] = body(terms[range.lowerBound + offset], range.lowerBound + offset)
            }
        }
        if let damage = snapshot.damage { throw damage }
        return results.values
    }

    /// A term of a query; one that occurs several times weighs so much more, as in Lucene.
    private struct WeightedTerm: Sendable {
        let term: [UInt8]
        let weight: TermWeight
    }

    private func weightedTerms(_ query: String) throws -> [WeightedTerm] {
        var tokens = TokenBuffer()
        let terms = try TextTerms(query, analyzer, &tokens)
        let statistics = snapshot.statistics(Self.field)
        return zip(terms.terms, terms.counts).map { term, count in
            WeightedTerm(
                term: term,
                weight: bm25.weight(
                    snapshot.statistics(Self.field, term), boost: Float(count), statistics: statistics))
        }
    }

    private func scorers(_ terms: [WeightedTerm], _ segment: Segment) -> [TermScorer] {
        let norms = segment.norms(Self.field)
        return terms.compactMap { term in
            segment.postings(Self.field, term.term).map { TermScorer($0, weight: term.weight, norms: norms) }
        }
    }
}

extension TermScorer {
    /// Goes on to a document; whether it has the term.
    fileprivate func advance(ifBefore target: Int) -> Bool {
        let current = document < target ? advance(to: target) : document
        return current == target
    }
}
