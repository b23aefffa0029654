import ArgumentParser
import HybridTuning
import Relevance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

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

            With --embed and --sparse it compares systems instead: the words alone (bm25), each field that a model fills, and hybrid searches \
            over all of them, one by --pipeline, or else by the default normalization-processor and by reciprocal ranks; with --model also the \
            last of these, reranked (with --rerank-each all of them). Without --index, the collection is loaded into an index for the time being.

            Examples:
              needletail eval Examples/packages
              needletail eval ./my-collection --run opensearch.run --model ./my-model --depth 50 --show 5
              needletail eval ./my-collection --run a.run --compare b.run
              needletail eval ./my-collection --run a.run --no-rerank --metrics MAP,Rprec,Judged@10
              needletail eval Examples/packages --data ./data --index packages --no-rerank
              needletail eval Examples/packages --data ./data --index packages --embed vector=./all-MiniLM-L6-v2
              needletail eval ./my-collection --embed vector=./e5 --sparse words=./splade --model ./my-model --runs ./runs
              needletail eval ./my-collection --embed vector=./e5 --model ./my-model --rerank-each --depth 100
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
            "Fields of an index to search for words, separated by commas; all text fields unless said.",
            valueName: "names"))
    var fields: String?

    @Option(
        help: ArgumentHelp("Compare with this run instead of reranking.", valueName: "file"), completion: .file())
    var compare: String?

    @Flag(name: .customLong("no-rerank"), help: "Measure the run as it is.")
    var runAlone = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Model that reranks: a folder, or a name; \(ModelLocator.starter) unless said.", valueName: "model"),
        completion: .file())
    var model: String?

    @Option(
        help: ArgumentHelp(
            "How many results of each query are reranked; the others stay below them.", valueName: "count"))
    var depth = 20

    @Flag(help: "Rerank what each of the compared systems finds, not only the last one's results.")
    var rerankEach = false

    @Option(help: ArgumentHelp("Use only the first so many judged queries.", valueName: "count"))
    var queries: Int?

    @Option(help: ArgumentHelp("Which judgements: qrels/<split>.tsv.", valueName: "split"))
    var split = "test"

    @Option(
        help: ArgumentHelp(
            "Metrics, separated by commas; nDCG@10,MRR@10,R@10 unless said, R@100 in the place of R@10 where systems are compared.",
            valueName: "names"))
    var metrics: String?

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

    @OptionGroup(title: "Comparing systems")
    var encoding: FieldModelOptions

    @OptionGroup(title: "Comparing systems")
    var pipeline: PipelineOptions

    @Option(
        help: ArgumentHelp(
            "How many results of each query take part in a hybrid search (pagination_depth).",
            valueName: "count"))
    var paginationDepth = 100

    @Option(
        help: ArgumentHelp(
            "Body of the request that would create the temporary index (JSON).", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var definition: String?

    @Option(
        help: ArgumentHelp("Write the results of each system there, as NAME.run in TREC form.", valueName: "folder"),
        completion: .directory)
    var runs: String?

    @OptionGroup
    var report: ReportOptions

    @OptionGroup(title: "Running the models")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty([
            "<folder>": folder, "--run": firstStage, "--compare": compare, "--model": model, "--split": split,
            "--metrics": metrics, "--output": output, "--index": index, "--fields": fields, "--runs": runs,
            "--definition": definition,
        ])
        try validateSystems()
        if index != nil, firstStage != nil { throw ValidationError("Give --run or --index, one of them.") }
        if index == nil, !comparesSystems, fields != nil { throw ValidationError("--fields needs --index.") }
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

    /// Whether systems are compared with each other, not an order with its reranking.
    private var comparesSystems: Bool { !encoding.fields.isEmpty }

    private func validateSystems() throws {
        if !(1...10_000).contains(paginationDepth) {
            throw ValidationError("--pagination-depth must be from 1 to 10000, not \(paginationDepth).")
        }
        guard comparesSystems else {
            if pipeline.pipeline != nil || runs != nil || definition != nil || rerankEach {
                throw ValidationError("--pipeline, --runs, --definition and --rerank-each need --embed or --sparse.")
            }
            return
        }
        if firstStage != nil || compare != nil || runAlone || output != nil || show > 0 {
            throw ValidationError(
                "--embed and --sparse compare systems: leave --run, --compare, --no-rerank, --output and --show out.")
        }
        if rerankEach, model == nil { throw ValidationError("--rerank-each needs --model, the model that reranks.") }
        if encoding.fields.count > 4 {
            throw ValidationError(
                "A hybrid query has 5 parts at most: give 4 fields beside the words, not \(encoding.fields.count).")
        }
        if index != nil, definition != nil {
            throw ValidationError("--definition is for a temporary index; '--index' names one that exists.")
        }
    }

    private func parsedMetrics() throws -> [Metric] {
        let metrics = metrics ?? (comparesSystems ? "nDCG@10,MRR@10,R@100" : "nDCG@10,MRR@10,R@10")
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
        if comparesSystems { return try compareSystems(dataset, judgements, metrics) }
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
        let reranked =
            try compare == nil
            ? RerankedRuns(
                [before], model: model ?? ModelLocator.starter, depth: depth, running: running, dataset,
                judgements.queries) : nil
        let after = try reranked?.runs[0] ?? RankedRun(path: compare ?? "")
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
        let system = SearchSystem(.words(fields: fields), name: index)
        return try data.withIndices {
            try RankedRun(
                system, index: index, queries: dataset.texts(of: judgements), depth: paginationDepth, LocalSearch($0))
        }
    }

    func write(_ text: String, to path: String) throws(CommandFailure) {
        do {
            try text.writeFile(path)
        } catch {
            throw CommandFailure(.cannotWrite, "\(path): cannot be written. Check the folder and its permissions.")
        }
    }
}
