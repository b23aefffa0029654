import Relevance
import TextEncoding

/// What several systems find for the judged queries of a collection.
struct SystemRuns {
    let models: LocalModels
    /// How many results of each query take part in a hybrid search.
    let depth: Int

    /// What a system found.
    struct SystemRun {
        let run: RankedRun
        /// How long a query took in the mean, its encoding included.
        let perQuery: Duration
    }

    /// One run for each system.
    func run(
        _ systems: [SearchSystem], over queries: [(id: String, text: String)], in index: SearchedIndex
    ) throws -> [SystemRun] {
        try index.withIndices(models) { indices, name in
            let search = LocalSearch(indices, encoder: EngineQueryEncoding(models.engine))
            return try systems.map { system in
                let start = ContinuousClock.now
                let run = try RankedRun(system, index: name, queries: queries, depth: depth, search)
                return SystemRun(run: run, perQuery: (ContinuousClock.now - start) / max(1, queries.count))
            }
        }
    }
}

extension RetrievalDataset {
    /// The texts of judged queries.
    func texts(of judgements: Judgements) -> [(id: String, text: String)] {
        judgements.queries.map { (id: $0, text: queries[$0] ?? "") }
    }
}

extension RankedRun {
    /// The name as that of a file.
    var fileName: String {
        String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
    }
}
