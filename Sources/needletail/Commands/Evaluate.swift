import ArgumentParser
import Encoders
import JSON
import Relevance

/// `needletail eval`: how good results are on judged queries, and what reranking gains.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure search results on judged queries, and what reranking gains.",
        discussion: """
            Reads a collection in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/test.tsv; gzip is fine) and the results of \
            a search engine as a TREC run, reranks the first --depth results of every judged query, and compares both orders. \
            With --compare it compares with another run instead; with --no-rerank it measures the one run. With --index the \
            results are those of an index that holds the collection (made by 'index load'). Figures are those of trec_eval, averaged over all judged queries; the interval and p come from a paired bootstrap.

            Examples:
              needletail eval Examples/packages
              needletail eval ./my-collection --run opensearch.run --model ./my-model --depth 50 --show 5
              needletail eval ./my-collection --run a.run --compare b.run
              needletail eval ./my-collection --run a.run --no-rerank --metrics MAP,Rprec,Judged@10
              needletail eval Examples/packages --data ./data --index packages --no-rerank
            """
    )

    @Argument(help: ArgumentHelp("Folder of the collection.", valueName: "folder"), completion: .directory)
    var folder: String

    // Not named `run`, which is what the command does.
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Results of the search engine (first stage), TREC form; bm25.run in the folder unless said.",
            valueName: "file"),
        completion: .file())
    var firstStage: String?

    @Option(help: ArgumentHelp("Search this index of the data folder instead of reading a run.", valueName: "index"))
    var index: String?

    @OptionGroup var data: DataOptions

    @Option(
        help: ArgumentHelp(
            "With --index: fields to search, separated by commas; all text fields unless said.", valueName: "names"))
    var fields: String?

    @Option(
        help: ArgumentHelp("Compare with this run instead of reranking.", valueName: "file"), completion: .file())
    var compare: String?

    @Flag(name: .customLong("no-rerank"), help: "Measure the run as it is.")
    var runAlone = false

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model = ModelLocator.starter

    @Option(
        help: ArgumentHelp(
            "How many results of each query are reranked; the others stay below them.", valueName: "count"))
    var depth = 20

    @Option(help: ArgumentHelp("Use only the first so many judged queries.", valueName: "count"))
    var queries: Int?

    @Option(help: ArgumentHelp("Which judgements: qrels/<split>.tsv.", valueName: "split"))
    var split = "test"

    @Option(help: ArgumentHelp("Metrics, separated by commas.", valueName: "names"))
    var metrics = "nDCG@10,MRR@10,R@10"

    @Option(
        help: ArgumentHelp(
            "The lowest grade that counts as relevant; nDCG takes each grade as its gain.", valueName: "grade"))
    var level = 1

    @Flag(help: "Leave results that nobody judged out of the rankings.")
    var judgedOnly = false

    @Option(help: ArgumentHelp("Show so many queries before and after, side by side.", valueName: "count"))
    var show = 0

    @Option(help: ArgumentHelp("Write the new order as a TREC run.", valueName: "file"), completion: .file())
    var output: String?

    @OptionGroup
    var report: ReportOptions

    @OptionGroup(title: "Running the model")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty([
            "<folder>": folder, "--run": firstStage, "--compare": compare, "--model": model, "--split": split,
            "--metrics": metrics, "--output": output, "--index": index, "--fields": fields,
        ])
        if index != nil, firstStage != nil { throw ValidationError("Give --run or --index, one of them.") }
        if index == nil, fields != nil { throw ValidationError("--fields needs --index.") }
        if depth < 1 { throw ValidationError("--depth must be at least 1, not \(depth).") }
        if let queries, queries < 1 { throw ValidationError("--queries must be at least 1, not \(queries).") }
        if show < 0 { throw ValidationError("--show must not be negative.") }
        if level < 1 { throw ValidationError("--level must be at least 1, not \(level).") }
        if runAlone, compare != nil || show > 0 || output != nil {
            throw ValidationError(
                "--no-rerank measures one run: --compare, --show and --output need a second one. Leave one of them out."
            )
        }
        _ = try parsedMetrics()
    }

    private func parsedMetrics() throws -> [Metric] {
        let names = metrics.split(separator: ",")
        if names.isEmpty {
            throw ValidationError("--metrics names no metric. Give one or more, such as nDCG@10,MRR@10.")
        }
        return try names.map { name in
            guard let metric = Metric(named: String(name)) else {
                throw ValidationError(
                    "'\(name)' is no metric. Known: \(Metric.knownNames).")
            }
            return metric
        }
    }

    func run() throws {
        let metrics = try parsedMetrics()
        let dataset = try RetrievalDataset(folder: folder, split: split)
        let judgements =
            queries.map { count in
                let kept = Set(dataset.judgements.queries.prefix(count))
                return Judgements(dataset.judgements.grades.filter { kept.contains($0.key) })
            } ?? dataset.judgements
        let before = try firstStage(dataset, judgements)

        let out = StandardOutput()
        let measure = { (run: RankedRun) in
            Evaluation(of: run, against: judgements, metrics: metrics, relevantFrom: level, judgedOnly: judgedOnly)
        }
        if runAlone {
            let evaluation = RunReport(run: before, evaluation: measure(before))
            switch report.format {
            case .jsonl: try out.write(evaluation.line())
            case .table: try out.write(evaluation.table(terminal: .output))
            }
            return try out.flush()
        }
        let reranked = try compare == nil ? RerankedRun(before, self, dataset, judgements.queries) : nil
        let after = try reranked?.run ?? RankedRun(path: compare ?? "")
        if let output { try write(after.trecText(), to: output) }

        let evaluation = EvaluationReport(
            dataset: dataset, judgements: judgements, metrics: metrics, before: before, after: after,
            reranked: reranked,
            evaluations: (measure(before), measure(after))
        )
        switch report.format {
        case .jsonl: try out.write(evaluation.line())
        case .table:
            try out.write(evaluation.examples(show, terminal: .output))
            try out.write(evaluation.table(terminal: .output))
        }
        try out.flush()
    }

    /// The results to measure: of a file, or of an index.
    private func firstStage(_ dataset: RetrievalDataset, _ judgements: Judgements) throws -> RankedRun {
        guard let index else { return try RankedRun(path: firstStage ?? folder + "/bm25.run") }
        let queries = judgements.queries.map { (id: $0, text: dataset.queries[$0] ?? "") }
        return try data.withIndices { try RankedRun(index: index, queries: queries, fields: fields, in: $0) }
    }

    private func write(_ text: String, to path: String) throws(CommandFailure) {
        do {
            try text.writeFile(path)
        } catch {
            throw CommandFailure(.cannotWrite, "\(path): cannot be written. Check the folder and its permissions.")
        }
    }
}

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

    init(_ before: RankedRun, _ options: Evaluate, _ dataset: RetrievalDataset, _ queries: [String]) throws {
        let rankings = queries.map { (query: $0, hits: before.ranking(of: $0)) }
        let requests = try rankings.map { query, hits in
            RerankRequest(
                query: dataset.queries[query] ?? "",
                documents: try hits.prefix(options.depth).map { try Self.document($0.document, of: query, in: dataset) }
            )
        }
        let encoder = try CrossEncoder.reranker(options.model, options.running)
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
            let tail = rankings[done].hits.dropFirst(options.depth).enumerated().map {
                ScoredDocument($1.document, score: floor - 1 - Double($0))
            }
            after.setResults(head + tail, query: queries[done])
        }
        total = ContinuousClock.now - start
        progress.finish()
        run = after
        modelPath = options.model
        depth = options.depth
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
