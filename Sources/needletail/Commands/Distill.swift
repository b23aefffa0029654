import ArgumentParser
import JSON
import ModelFiles
import NegativeMining
import Relevance
import Teachers
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `needletail distill`: what a larger model says about pairs, so that a smaller one can learn it.
struct Distill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score pairs with a teacher, so that a smaller model can learn its scores.",
        discussion: """
            Reads JSON lines in the forms of training data: {"query", "docs"}, {"query", "pos", "neg"}, {"query", "positive", "negative"...}, and \
            writes {"query", "docs", "scores", "teacher"} in the same order. Train with the file: --train of 'needletail train', with a loss that learns \
            scores (margin-mse, kl). A run that was stopped goes on when it is started again.

            Scores are what the teacher says: logits of a cross-encoder, cosines or dot products of encoders. With several teachers, the scores \
            of each are brought to 0 ... 1 over the documents of a query, averaged by weight and multiplied by --scale. The teacher bm25 is no \
            model: it scores the words that query and document share, by how rare they are in --corpus, else in the documents of the input.

            Examples:
              needletail distill mined.jsonl --teacher ./large-reranker --output scored.jsonl
              needletail distill mined.jsonl --teacher ./reranker:2 --teacher ./e5 --teacher ./splade --output scored.jsonl
              needletail distill mined.jsonl --teacher ./reranker --teacher bm25:0.5 --corpus ./my-collection --output scored.jsonl
            """
    )

    /// What a teacher is taken for.
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case crossEncoder = "cross-encoder"
        case dense
        case sparse

        var task: ModelTask {
            switch self {
            case .crossEncoder: .crossEncoder
            case .dense: .dense
            case .sparse: .sparse
            }
        }
    }

    @Argument(
        help: ArgumentHelp("Pairs (JSON lines, maybe with .gz); '-' is standard input.", valueName: "file"),
        completion: .file())
    var input: String

    @Option(
        name: .customLong("teacher"), parsing: .singleValue,
        help: ArgumentHelp(
            "A model folder, its name, a file of scores, or bm25; also several times, with weights: PATH:2.",
            valueName: "model"),
        completion: .file())
    var teachers: [String] = []

    @Option(help: "What the teachers are: cross-encoder, dense or sparse; what their folders say unless given.")
    var kind: Kind?

    @Option(help: ArgumentHelp("What averages of several teachers are multiplied with.", valueName: "number"))
    var scale: Float = 30

    @Option(
        help: ArgumentHelp(
            "The documents whose words bm25 counts: a collection, or JSON lines with 'text' and maybe 'title'.",
            valueName: "path"),
        completion: .file())
    var corpus: String?

    @Option(help: ArgumentHelp("The file of scores.", valueName: "file"), completion: .file())
    var output: String

    @Option(help: ArgumentHelp("About how many pairs are computed and written at once.", valueName: "count"))
    var portion = 512

    @OptionGroup var report: ReportOptions

    @OptionGroup(title: "Running the models") var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["<file>": input, "--output": output, "--corpus": corpus])
        if teachers.isEmpty || teachers.contains("") { throw ValidationError("Give at least one --teacher.") }
        if !(1...1_000_000).contains(portion) {
            throw ValidationError("--portion must be from 1 to 1000000, not \(portion).")
        }
        if !(scale > 0 && scale.isFinite) { throw ValidationError("--scale must be above 0, not \(scale).") }
        for text in teachers {
            if let weight = TeacherReference(text).weight, !(weight >= 0 && weight.isFinite) {
                throw ValidationError("--teacher '\(text)': a weight is 0 or more.")
            }
        }
    }

    func run() throws {
        guard
            let teacher = try TeacherEnsemble.teacher(
                teachers.map { TeacherReference($0) }, kind: kind?.task, running.encoderOptions(), scale: scale,
                texts: TeacherTexts(documents: documents))
        else { throw CommandFailure(.usage, "Give at least one --teacher.") }
        let requests = try ScoringRequestReader(path: input)
        let stop = StopOnSignals.install("the pairs at hand are scored and written")
        let total = try Self.count(input)
        let progress = ProgressLine("scoring", plainAfter: .seconds(30))
        let writer = ScoreWriter(
            teacher, portionPairs: portion, isCancelled: { stop.isRequested },
            onProgress: { done in
                if let total { progress.show(done.requests, of: max(total, done.requests)) }
            })
        let written = try writer.write(requests, to: output)
        progress.finish()
        guard written.isComplete else {
            StandardError.write(
                "needletail: stopped after \(Numbers.counted(written.requests, "query", "queries")). The same command goes on from there.\n"
            )
            return
        }
        switch report.format {
        case .jsonl:
            let row: JSONObject = [
                "queries": .number(JSONNumber(written.requests)), "pairs": .number(JSONNumber(written.pairs)),
                "resumed": .number(JSONNumber(written.resumedRequests)), "teacher": .string(teacher.name),
                "output": .string(output),
            ]
            try StandardOutput.print(JSONValue.object(row).serialized() + "\n")
        case .table:
            let earlier =
                written.resumedRequests > 0
                ? ", \(Numbers.grouped(written.resumedRequests)) of them by an earlier run" : ""
            try StandardOutput.print(
                "\(Numbers.counted(written.requests, "query", "queries"))\(earlier), \(Numbers.counted(written.pairs, "pair")), "
                    + "scored by \(teacher.name)\n\(output)\n")
        }
    }

    /// The documents of the corpus, else those of the input.
    private func documents() throws -> [String] {
        if let corpus {
            let isFolder = FileManager.default.fileExists(atPath: corpus + "/.")
            return try MiningTask.texts(path: isFolder ? LineReader.existing(corpus + "/corpus.jsonl") : corpus)
        }
        guard input != "-" else {
            throw CommandFailure(.usage, "The teacher bm25 needs documents: name them with --corpus.")
        }
        var requests = try ScoringRequestReader(path: input)
        var documents: Set<String> = []
        while let request = try requests.next() { documents.formUnion(request.documents) }
        return Array(documents)
    }

    /// The lines of a file; nil of standard input, which cannot be read twice.
    private static func count(_ path: String) throws -> Int? {
        guard path != "-" else { return nil }
        var requests = try ScoringRequestReader(path: path)
        var count = 0
        while try requests.next() != nil { count += 1 }
        return count
    }
}
