import ArgumentParser
import JSON
import NegativeMining
import QueryGeneration
import Relevance
import Tensors

/// `needletail generate queries`: pairs to train with, without a language model.
struct GenerateQueries: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queries",
        abstract: "Make pairs of queries and documents of a collection without queries, without a language model.",
        discussion: """
            Titles become queries of what stands below them, telling spans (by the frequency of their words) of the documents that they were cut out of, \
            parts of documents of other parts, and, if asked for, a few telling words of the documents that they stand in. A query is kept if search by words, or by a model of --embed or --sparse, finds its document among \
            the first --round-trip, and if not too many documents answer it equally well. What real users ask is better where there is some of it.

            The collection is a folder in BEIR's layout; of the split only the documents are used. The result is a file of pairs for \
            'needletail train' and 'needletail mine'; a report tells what was dropped and why.

            Examples:
              needletail generate queries Examples/packages --split test --output pairs.jsonl
              needletail generate queries ./my-collection --embed ./all-MiniLM-L6-v2 --draws 3 --output pairs.jsonl
            """
    )

    @Argument(help: ArgumentHelp("Folder of the collection.", valueName: "folder"), completion: .directory)
    var folder: String

    @Option(help: ArgumentHelp("A split that the collection has.", valueName: "split"))
    var split = "train"

    @Option(help: ArgumentHelp("The file of pairs (JSON lines).", valueName: "file"), completion: .file())
    var output: String

    @Flag(help: "Make no queries of titles.")
    var noTitles = false

    @Option(help: ArgumentHelp("Spans, crops and queries of a few words of each document.", valueName: "count"))
    var draws = 1

    @Option(help: ArgumentHelp("The part of the draws that are spans.", valueName: "share"))
    var spanShare = 0.6

    @Option(
        help: ArgumentHelp(
            "The part of the draws that are one to three telling words, as users type them; the others are crops.",
            valueName: "share"))
    var wordShare = 0.0

    @Option(
        help: ArgumentHelp(
            "Keeps a query if its document is found among so many; none keeps all. [20]", valueName: "count"))
    var roundTrip: MiningFlags.Limit?

    @Option(help: ArgumentHelp("Takes so many documents, chosen at random; all unless said.", valueName: "count"))
    var documents: Int?

    @Option(help: ArgumentHelp("The seed of what is random.", valueName: "number"))
    var seed: UInt64 = 42

    @Flag(help: "Leave ids and kinds out of the file, as sentence-transformers wants it.")
    var noIds = false

    @OptionGroup(title: "Search") var candidates: CandidateOptions

    @OptionGroup var report: ReportOptions

    @OptionGroup(title: "Running the models") var running: RunningOptions

    private var options: GenerationOptions {
        var options = GenerationOptions()
        options.makesTitles = !noTitles
        options.draws = draws
        options.spanShare = spanShare
        options.wordShare = wordShare
        options.roundTripDepth = roundTrip.map { $0.value.map { Int($0) } } ?? 20
        options.documents = documents
        options.seed = seed
        return options
    }

    func validate() throws {
        try refuseEmpty(["<folder>": folder, "--split": split, "--output": output])
        if let value = roundTrip?.value, Int(exactly: value) == nil {
            throw ValidationError("--round-trip must be a whole number or none, not \(value).")
        }
        do throws(MiningError) { try options.check() } catch { throw ValidationError(error.description) }
    }

    func run() throws {
        let dataset = try RetrievalDataset(folder: folder, split: split)
        let stages = StageLines()
        let pool = running.threads.map { WorkerPool(threads: $0) } ?? WorkerPool()
        let generator = try QueryGenerator(
            QueryGenerator.documents(of: dataset), options: options, analyzer: candidates.analyzer)
        let encoders = try candidates.encoders(running.encoderOptions())
        let generated = try generator.generate(
            sources: { try candidates.sources(of: $0, encoders, pool, $1) },
            control: MiningControl(onProgress: { stages.show($0.part, $0.completed, of: $0.total) }))
        try generated.write(to: output, withIDs: !noIds)
        stages.finish()
        switch report.format {
        case .jsonl:
            var row = generated.report.json.object ?? [:]
            row["output"] = .string(output)
            row["pairs"] = .number(JSONNumber(generated.pairs.count))
            try StandardOutput.print(JSONValue.object(row).serialized() + "\n")
        case .table:
            try StandardOutput.print(
                generated.report.text + "\n\(output): \(Numbers.counted(generated.pairs.count, "pair"))\n")
        }
    }
}
