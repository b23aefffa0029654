import NegativeMining
import Relevance
import Tensors

/// Search by words over texts: BM25.
struct WordSearch {
    let analyzer: String
    let pool: WorkerPool

    /// The best documents of queries.
    func run(
        queries: [(id: String, text: String)], documents: [(id: String, text: String)], depth: Int,
        control: MiningControl
    ) throws -> RankedRun {
        let search = try BM25Source(
            documents: documents.map(\.text), analyzer: analyzer, pool: pool, control: control)
        return try search.run(queries, documents.map(\.id), name: "BM25", depth: depth, control: control)
    }
}

extension CandidateSource {
    /// The best documents of queries under their ids; a document with the id of its query is left out, as BEIR does it.
    func run(
        _ queries: [(id: String, text: String)], _ documents: [String], name: String, depth: Int,
        control: MiningControl
    ) throws -> RankedRun {
        let found = try search(queries.map(\.text), depth: depth + 1, control: control)
        var run = RankedRun(name: name)
        for (query, hits) in zip(queries, found) {
            let results = hits.map { ScoredDocument(documents[$0.document], score: Double($0.score)) }
            run.setResults(Array(results.filter { $0.document != query.id }.prefix(depth)), query: query.id)
        }
        return run
    }
}
