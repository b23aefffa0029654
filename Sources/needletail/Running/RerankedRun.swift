import Encoders
import Relevance

/// A run whose head was reordered by a cross-encoder, with what that cost.
struct RerankedRun {
    let run: RankedRun
    let modelPath: String
    let depth: Int
    let threads: Int
    /// By query.
    let durations: [String: Duration]
    let pairCount: Int
    let tokenCount: Int
    let total: Duration

    /// - Parameters:
    ///   - depth: how many results of each query are reranked; the others stay below them.
    init(
        _ before: RankedRun, model: String, depth: Int, running: RunningOptions, _ dataset: RetrievalDataset,
        _ queries: [String]
    ) throws {
        let rankings = queries.map { (query: $0, hits: before.ranking(of: $0)) }
        let requests = try rankings.map { query, hits in
            RerankRequest(
                query: dataset.queries[query] ?? "",
                documents: try hits.prefix(depth).map { try Self.document($0.document, of: query, in: dataset) }
            )
        }
        let encoder = try CrossEncoder.reranker(model, running)
        var after = RankedRun(name: "reranked")
        var durations: [String: Duration] = [:]
        var tokens = 0
        let progress = ProgressLine("reranking")
        let start = ContinuousClock.now
        for (done, request) in requests.enumerated() {
            progress.show(done, of: queries.count)
            let reranking = try Reranking(of: request, with: encoder)
            durations[queries[done]] = reranking.duration
            tokens += reranking.tokenCount
            // The tail keeps its order below the worst of the head.
            let floor = Double(reranking.results.last?.logit ?? 0)
            let head = reranking.results.map { ScoredDocument($0.document.id ?? "", score: Double($0.logit)) }
            let tail = rankings[done].hits.dropFirst(depth).enumerated().map {
                ScoredDocument($1.document, score: floor - 1 - Double($0))
            }
            after.setResults(head + tail, query: queries[done])
        }
        total = ContinuousClock.now - start
        progress.finish()
        run = after
        modelPath = model
        self.depth = depth
        threads = encoder.summary.threads
        self.durations = durations
        pairCount = requests.reduce(0) { $0 + $1.documents.count }
        tokenCount = tokens
    }

    private static func document(
        _ id: String, of query: String, in dataset: RetrievalDataset
    ) throws(CommandFailure) -> RerankRequest.Document {
        guard let document = dataset.documents[id] else {
            throw CommandFailure(
                .badData,
                "the run names document '\(id)' for query '\(query)', which is not in the collection. "
                    + "Was the run made with another collection?")
        }
        return .init(id: id, text: document.titleAndText)
    }
}
