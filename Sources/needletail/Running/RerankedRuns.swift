import Encoders
import Relevance

/// Runs whose heads were reordered by a cross-encoder, with what that cost.
struct RerankedRuns {
    /// In the order of those given.
    let runs: [RankedRun]
    let modelPath: String
    let depth: Int
    let threads: Int
    /// By query; documents of several runs are scored once.
    let durations: [String: Duration]
    let pairCount: Int
    let tokenCount: Int
    let total: Duration

    /// What the pairs of one run take, a query: its share of the pairs that were scored.
    func perQuery(ofRun run: RankedRun) -> Duration {
        guard pairCount > 0, !durations.isEmpty else { return .zero }
        let pairs = durations.keys.reduce(0) { $0 + min(depth, run.ranking(of: $1).count) }
        return total * (Double(pairs) / Double(pairCount) / Double(durations.count))
    }

    /// - Parameters:
    ///   - depth: how many results of each query are reranked; the others stay below them.
    init(
        _ runs: [RankedRun], model: String, depth: Int, running: RunningOptions, _ dataset: RetrievalDataset,
        _ queries: [String]
    ) throws {
        let requests = try queries.map { query in
            var seen: Set<String> = []
            let found = runs.flatMap { $0.ranking(of: query).prefix(depth) }.filter {
                seen.insert($0.document).inserted
            }
            return RerankRequest(
                query: dataset.queries[query] ?? "",
                documents: try found.map { try Self.document($0.document, of: query, in: dataset) })
        }
        let encoder = try CrossEncoder.reranker(model, running)
        var after = runs.map { _ in RankedRun(name: "reranked") }
        var durations: [String: Duration] = [:]
        var tokens = 0
        let progress = ProgressLine("reranking")
        let start = ContinuousClock.now
        for (done, request) in requests.enumerated() {
            progress.show(done, of: queries.count)
            let reranking = try Reranking(of: request, with: encoder)
            durations[queries[done]] = reranking.duration
            tokens += reranking.tokenCount
            for (place, run) in runs.enumerated() {
                after[place].setResults(
                    Self.order(run.ranking(of: queries[done]), by: reranking, depth: depth), query: queries[done])
            }
        }
        total = ContinuousClock.now - start
        progress.finish()
        self.runs = after
        modelPath = model
        self.depth = depth
        threads = encoder.summary.threads
        self.durations = durations
        pairCount = requests.reduce(0) { $0 + $1.documents.count }
        tokenCount = tokens
    }

    /// The head in the order of its scores (equal ones as they were), the tail as it was, below the worst of the head.
    private static func order(_ hits: [ScoredDocument], by reranking: Reranking, depth: Int) -> [ScoredDocument] {
        let logits = Dictionary(
            reranking.results.map { ($0.document.id ?? "", $0.logit) }, uniquingKeysWith: { first, _ in first })
        let head = hits.prefix(depth).enumerated()
            .map { (place: $0, hit: ScoredDocument($1.document, score: Double(logits[$1.document] ?? 0))) }
            .sorted { ($0.hit.score, $1.place) > ($1.hit.score, $0.place) }
            .map(\.hit)
        let floor = head.last?.score ?? 0
        let tail = hits.dropFirst(depth).enumerated().map { ScoredDocument($1.document, score: floor - 1 - Double($0)) }
        return head + tail
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
