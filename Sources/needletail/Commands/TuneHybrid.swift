import ArgumentParser
import HybridTuning
import JSON
import Relevance

/// `needletail tune hybrid`: how the results of several queries best become one list.
struct TuneHybrid: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hybrid",
        abstract: "Find how the results of a hybrid query's parts best become one list.",
        discussion: """
            Reads a collection in BEIR's layout, and what each part finds for its judged queries: the words (bm25) and the fields of --embed and \
            --sparse in an index, or at least two runs in TREC form. Then it measures the pairs of normalisation and combination that OpenSearch has, \
            and reciprocal ranks with several constants, each with many weights, on the split --split; the best of each are shown beside each part \
            alone and OpenSearch's defaults, on that split and on --test-split, whose queries took no part. The search pipeline of the best goes to --output; \
            store it with PUT /_search/pipeline/NAME.

            The best of many settings looks better than it is on the queries that chose it: believe the other split. Where a part is weak, the \
            ranks that reciprocal rank fusion looks at hide it, and weights help.

            Examples:
              needletail tune hybrid ./my-collection --index packages --data ./data --embed vector=./all-MiniLM-L6-v2 --output hybrid.json
              needletail tune hybrid ./my-collection --run bm25.run --run dense.run --test-split none
            """
    )

    @Argument(help: ArgumentHelp("Folder of the collection.", valueName: "folder"), completion: .directory)
    var folder: String

    @Option(
        name: .customLong("run"), parsing: .singleValue,
        help: ArgumentHelp(
            "Results of one part (TREC form), two times at least; in the order of the hybrid query's parts.",
            valueName: "file"),
        completion: .file())
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "Search this index of the data folder; the collection is loaded for the time being unless said.",
            valueName: "index"))
    var index: String?

    @OptionGroup var data: DataOptions

    @OptionGroup(title: "Parts")
    var encoding: FieldModelOptions

    @Option(
        help: ArgumentHelp(
            "Fields to search for words, separated by commas; all text fields unless said.", valueName: "names"))
    var fields: String?

    @Flag(name: .customLong("no-words"), help: "Leave the part out that searches for words.")
    var leavesWordsOut = false

    @Option(help: ArgumentHelp("The judgements that choose: qrels/<split>.tsv.", valueName: "split"))
    var split = "dev"

    @Option(
        help: ArgumentHelp("The judgements that only measure, or none: qrels/<split>.tsv.", valueName: "split"))
    var testSplit = "test"

    @Option(help: ArgumentHelp("What is made best.", valueName: "name"))
    var metric = "nDCG@10"

    @Option(
        help: ArgumentHelp(
            "How many results of each part take part: pagination_depth of the hybrid query.", valueName: "count"))
    var paginationDepth = 100

    @Option(help: ArgumentHelp("Write the search pipeline there (JSON).", valueName: "file"), completion: .file())
    var output: String?

    @OptionGroup
    var report: ReportOptions

    @OptionGroup(title: "Running the models")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty([
            "<folder>": folder, "--index": index, "--fields": fields, "--split": split, "--test-split": testSplit,
            "--output": output,
        ])
        if Metric(named: metric) == nil {
            throw ValidationError("'\(metric)' is no metric. Known: \(Metric.knownNames).")
        }
        if !(1...10_000).contains(paginationDepth) {
            throw ValidationError("--pagination-depth must be from 1 to 10000, not \(paginationDepth).")
        }
        if split == testSplit {
            throw ValidationError(
                "--split and --test-split are the same. Take queries that took no part, or '--test-split none'.")
        }
        let count = files.isEmpty ? encoding.fields.count + (leavesWordsOut ? 0 : 1) : files.count
        if !files.isEmpty, !encoding.fields.isEmpty || index != nil || fields != nil || leavesWordsOut {
            throw ValidationError("--run takes the place of --index, --embed, --sparse, --fields and --no-words.")
        }
        guard (2...5).contains(count) else {
            throw ValidationError(
                "A hybrid query has 2 to 5 parts, not \(count). Give --embed and --sparse, or --run for each part.")
        }
    }

    func run() throws {
        let metric = Metric(named: metric) ?? .nDCG(cutoff: 10)
        let dataset = try RetrievalDataset(folder: folder, split: split)
        let test = testSplit == "none" ? nil : try dataset.judgements(ofSplit: testSplit)
        var queries = dataset.texts(of: dataset.judgements)
        if let test { queries += dataset.texts(of: test).filter { dataset.judgements.grades[$0.id] == nil } }
        let runs = try runs(queries)
        let pool = FusionPool(runs, judgements: dataset.judgements, depth: paginationDepth)
        let testPool = test.map { FusionPool(runs, judgements: $0, depth: paginationDepth) }
        guard !pool.queries.isEmpty else {
            throw CommandFailure(.badData, "\(folder): the split '\(split)' has no queries.")
        }

        let progress = ProgressLine("tuning", plainAfter: .seconds(30))
        let tuning = HybridTuning(pool, metric: metric) { progress.show($0, of: $1) }
        progress.finish()
        let report = TuningReport(
            tuning, metric, (name: split, pool: pool), testPool.map { (name: testSplit, pool: $0) })
        if let output, let pipeline = report.pipeline {
            do {
                try (JSONValue.object(pipeline).serialized(pretty: true) + "\n").writeFile(output)
            } catch {
                throw CommandFailure(
                    .cannotWrite, "\(output): cannot be written. Check the folder and its permissions.")
            }
        }
        switch self.report.format {
        case .jsonl: try StandardOutput.print(String(decoding: report.line(), as: UTF8.self))
        case .table: try StandardOutput.print(report.text(terminal: .output))
        }
    }

    /// What each part finds.
    private func runs(_ queries: [(id: String, text: String)]) throws -> [RankedRun] {
        if !files.isEmpty { return try files.map { try RankedRun(path: $0) } }
        let words: [SearchSystem.Part] = leavesWordsOut ? [] : [.words(fields: fields)]
        let systems = (words + encoding.fields.map { .model($0) }).map { SearchSystem($0) }
        let models = try LocalModels(encoding.fields, running)
        return try SystemRuns(models: models, depth: paginationDepth).run(
            systems, over: queries, in: SearchedIndex(index, data, collection: folder)
        ).map(\.run)
    }
}
