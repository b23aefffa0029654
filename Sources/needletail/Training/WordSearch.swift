import JSON
import NegativeMining
import Relevance
import Tensors
import Training
import TrainingReport

/// Search by words on the queries that a run was evaluated with: what a trained model is to be better than.
struct WordSearch {
    private let folder: String?
    private let split: String
    private let queries: Int
    private let metrics: [String]

    init(_ log: RunLog) {
        folder = log.settings["evaluation"]?.string
        split = log.settings["evaluation_split"]?.string ?? "dev"
        queries = log.settings["evaluation_queries"]?.int ?? .max
        metrics = Set(log.evaluations.flatMap(\.metrics.keys)).sorted()
    }

    /// BM25 with the figures that the run has; nothing if it was not evaluated.
    func systems() throws -> [TrainingReport.System] {
        let known = metrics.compactMap { name in Metric(named: name).map { (name: name, metric: $0) } }
        guard let folder, !known.isEmpty else { return [] }
        let dataset = try RetrievalDataset(folder: folder, split: split)
        let kept = dataset.judgements.queries.prefix(queries)
        let documents = dataset.documents.values.sorted { precedesByBytes($0.id, $1.id) }
        let run = try Self.run(
            queries: kept.map { (id: $0, text: dataset.queries[$0] ?? "") },
            documents: documents.map { (id: $0.id, text: $0.titleAndText) }, depth: 100)
        let judgements = Judgements(dataset.judgements.grades.filter { Set(kept).contains($0.key) })
        let evaluation = Evaluation(
            of: run, against: judgements,
            metrics: known.map(\.metric))
        let figures = known.map { ($0.name, evaluation.mean($0.metric)) }
        return [TrainingReport.System(name: "BM25", metrics: Dictionary(uniqueKeysWithValues: figures))]
    }

    /// The best documents of queries.
    static func run(
        queries: [(id: String, text: String)], documents: [(id: String, text: String)], depth: Int
    ) throws -> RankedRun {
        let search = try BM25Source(documents: documents.map(\.text), pool: WorkerPool())
        let found = try search.search(queries.map(\.text), depth: depth, control: MiningControl())
        let results = zip(queries, found).map { query, hits in
            (query.id, hits.map { ScoredDocument(documents[$0.document].id, score: Double($0.score)) })
        }
        return RankedRun(name: "BM25", results: Dictionary(uniqueKeysWithValues: results))
    }
}
