import Relevance
import TextEncoding

/// What several systems find for the judged queries of a collection.
struct SystemRuns {
    let models: LocalModels
    /// How many results of each query take part in a hybrid search.
    let depth: Int

    /// One run for each system.
    func run(
        _ systems: [SearchSystem], over queries: [(id: String, text: String)], in index: SearchedIndex
    ) throws -> [RankedRun] {
        try index.withIndices(models) { indices, name in
            let search = LocalSearch(indices, encoder: EngineQueryEncoding(models.engine))
            return try systems.map { try RankedRun($0, index: name, queries: queries, depth: depth, search) }
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
