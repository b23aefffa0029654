import ArgumentParser
import Encoders
import JSON
import NegativeMining
import Relevance
import Tensors
import Teachers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `needletail mine`: documents that look like answers and are none.
struct Mine: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find hard negatives: documents that look as if they answered a query and do not.",
        discussion: """
            Candidates are what search by words (BM25), and by the models of --embed and --sparse, finds for each query. Known answers, texts \
            that are the same or nearly the same as an answer, and candidates that score nearly as high as one are dropped: these are often \
            answers that nobody has marked. What is left is written for training, and a report tells what was dropped and why.

            The input is a collection in BEIR's layout, or JSON lines of pairs: {"query", "positive"} or {"query", "pos": [...]}, whose documents \
            are searched, with those of --corpus. Scores and margins are those of --teacher, else of the dense model, the sparse one, BM25.

            Examples:
              needletail mine Examples/packages --split dev --output mined.jsonl
              needletail mine ./my-collection --embed ./all-MiniLM-L6-v2 --negatives 5 --output mined.jsonl
              needletail mine pairs.jsonl --corpus corpus.jsonl --embed ./e5 --teacher ./reranker --form n-tuple --output mined.jsonl
            """
    )

    @Argument(
        help: ArgumentHelp("Folder of the collection, or a file of pairs.", valueName: "input"), completion: .file())
    var input: String

    @Option(help: ArgumentHelp("The judgements whose queries are taken: qrels/<split>.tsv.", valueName: "split"))
    var split = "train"

    @Option(
        help: ArgumentHelp(
            "Take these pairs of the collection: lines of 'query id<TAB>document id'.", valueName: "file"),
        completion: .file())
    var pairs: String?

    @Option(
        help: ArgumentHelp(
            "Further documents beside those of a file of pairs: JSON lines with 'text' and maybe 'title'.",
            valueName: "file"),
        completion: .file())
    var corpus: String?

    @Option(help: ArgumentHelp("The file of negatives.", valueName: "file"), completion: .file())
    var output: String

    @Option(help: "The form of the file: flag-embedding, triplet, n-tuple, labeled-pair, labeled-list or tsv.")
    var form: MinedFileFormat = .flagEmbedding

    @Flag(
        help:
            "Write the scores by which candidates were judged. With --teacher they are written anyway; a training on them learns them."
    )
    var scores = false

    @Flag(help: "Leave ids out of the file, as sentence-transformers wants it.")
    var noIds = false

    @OptionGroup(title: "Candidates") var candidates: CandidateOptions

    @Option(
        help: ArgumentHelp(
            "A cross-encoder, another model, a file of scores or bm25 that judges the candidates.", valueName: "model"),
        completion: .file())
    var teacher: String?

    @OptionGroup(title: "Selection") var selection: MiningFlags

    @OptionGroup var report: ReportOptions

    @OptionGroup(title: "Running the models") var running: RunningOptions

    func validate() throws {
        try refuseEmpty([
            "<input>": input, "--split": split, "--pairs": pairs, "--corpus": corpus, "--output": output,
            "--teacher": teacher,
        ])
    }

    func run() throws {
        let task = try task()
        let stages = StageLines()
        let control = MiningControl(onProgress: { stages.show($0.part, $0.completed, of: $0.total) })
        let pool = running.threads.map { WorkerPool(threads: $0) } ?? WorkerPool()
        let teacher = try teacher.map {
            try TeacherReference($0).teacher(
                kind: nil, running.encoderOptions(), texts: texts(of: task))
        }
        let sources = try candidates.sources(
            of: task.documents.map(\.text), candidates.encoders(running.encoderOptions()), pool, control)
        let miner = try NegativeMiner(
            task, sources: sources, teacher: teacher, options: selection.options, pool: pool)
        let mined = try miner.mine(control: control)
        let written = try mined.write(
            form, to: output, withScores: scores || teacher != nil, withIDs: !noIds)
        stages.finish()
        switch report.format {
        case .jsonl:
            var row = mined.report.json.object ?? [:]
            row["output"] = .string(output)
            row["lines"] = .number(JSONNumber(written.lines))
            row["skipped_queries"] = .number(JSONNumber(written.skippedQueries))
            try StandardOutput.print(JSONValue.object(row).serialized() + "\n")
        case .table:
            let skipped =
                written.skippedQueries > 0
                ? "; \(Numbers.counted(written.skippedQueries, "query", "queries")) without" : ""
            try StandardOutput.print(
                mined.report.text + "\n\(output): \(Numbers.counted(written.lines, "line"))\(skipped)\n")
        }
    }

    /// The texts that are mined, for teachers that are no model.
    private func texts(of task: MiningTask) -> TeacherTexts {
        func byID(_ texts: some Sequence<(id: String?, text: String)>) -> [String: String] {
            Dictionary(texts.compactMap { text in text.id.map { ($0, text.text) } }, uniquingKeysWith: { $1 })
        }
        return TeacherTexts(
            documents: { task.documents.map(\.text) }, analyzer: candidates.analyzer,
            byID: {
                (byID(task.queries.map { ($0.id, $0.text) }), byID(task.documents.map { ($0.id, $0.text) }))
            })
    }

    private func task() throws -> MiningTask {
        guard FileManager.default.fileExists(atPath: input + "/.") else {
            if pairs != nil { throw CommandFailure(.usage, "--pairs names pairs of a collection: give its folder.") }
            return try MiningTask(
                pairs: MiningTask.textPairs(path: input), corpus: corpus.map { try MiningTask.texts(path: $0) } ?? [])
        }
        if corpus != nil { throw CommandFailure(.usage, "--corpus is for a file of pairs; a collection has its own.") }
        let dataset = try RetrievalDataset(folder: input, split: split)
        if let pairs { return try MiningTask(dataset, pairs: MiningTask.pairs(path: pairs)) }
        return try MiningTask(dataset)
    }
}
