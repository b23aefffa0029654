import DocumentStore
import Mappings
import SearchIndex
import TextAnalysis

/// The index, open for searching.
final class BenchmarkIndex {
    let analyzer: Analyzer
    let fields: [String: FieldNumber]
    private let store: DocumentStore
    private let writer: IndexWriter
    private let snapshot: IndexSnapshot

    init(folder: String) throws {
        writer = try IndexWriter(folder: folder + "/segments")
        snapshot = try writer.refresh()
        store = try DocumentStore(path: folder + "/documents.sqlite")
        analyzer = try BenchmarkMapping.analysis().defaultAnalyzer
        let mapping = try BenchmarkMapping.mapping()
        fields = Dictionary(
            uniqueKeysWithValues: BenchmarkMapping.fieldNames.compactMap { name in
                mapping.field(name).map { (name, $0.number) }
            })
    }

    deinit {
        writer.close()
        store.close()
    }

    var documentCount: Int { snapshot.liveRootCount }
    var segmentCount: Int { snapshot.segments.count }

    /// The best documents; so many matches are counted exactly.
    func search(_ query: BenchmarkQuery, limit: Int, count: Int) -> TopDocuments {
        let collector = TopDocumentsCollector(k: limit, countUpTo: count)
        let field = snapshot.statistics(query.field)
        let terms = query.terms.map { snapshot.statistics(query.field, $0) }
        let bm25 = BM25()
        if query.kind == .phrase, query.terms.count > 1 {
            let idf = terms.reduce(0) {
                $0 + BM25.idf(documentFrequency: $1.documentFrequency, documentCount: field.documentCount)
            }
            let weight = bm25.weight(idf: idf, statistics: field)
            snapshot.search(into: collector) { segment in
                var places: [PhraseScorer.Place] = []
                for (position, term) in query.terms.enumerated() {
                    guard let postings = segment.postings(query.field, term) else { return nil }
                    places.append(.init(position: position, terms: [postings]))
                }
                return PhraseScorer(places, weight: weight, norms: segment.norms(query.field))
            }
        } else {
            let weights = terms.map { bm25.weight($0, statistics: field) }
            snapshot.search(into: collector) { segment in
                let norms = segment.norms(query.field)
                var scorers: [Scorer] = []
                for (term, weight) in zip(query.terms, weights) {
                    if let postings = segment.postings(query.field, term) {
                        scorers.append(TermScorer(postings, weight: weight, norms: norms))
                    } else if query.kind == .all {
                        return nil
                    }
                }
                if scorers.count < 2 { return scorers.first }
                return query.kind == .all ? ConjunctionScorer(scorers) : DisjunctionScorer(scorers)
            }
        }
        return collector.finish()
    }

    /// Hits with their ids.
    func identified(_ top: TopDocuments) throws -> [(id: String, score: Float)] {
        let seqNos = top.hits.map { hit in
            let (segment, document) = snapshot.locate(hit.document)
            return snapshot.segments[segment].seqNo(of: document)
        }
        return try zip(store.documents(seqNos: seqNos), top.hits).map { document, hit in
            guard let document else { throw BenchmarkFailure("a hit has no document") }
            return (document.id, hit.score)
        }
    }
}
