import ArgumentParser
import Encoders

/// `needletail bench rerank`: the time to score a list of pairs.
struct BenchRerank: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerank",
        abstract: "Time the scoring of pairs: model loaded, texts tokenised, warmed up.",
        discussion: """
            \(BenchReport.discussion(of: "scoring all pairs"))

            Example:
              needletail bench rerank --pairs pairs.jsonl --threads 2 --max-length 256 --json
            """
    )

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model = ModelLocator.starter

    @Option(
        help: ArgumentHelp(
            #"File with a pair a line: {"query": ..., "text": ...}; '-' is standard input."#, valueName: "file"),
        completion: .file())
    var pairs: String

    @OptionGroup
    var timing: TimingOptions

    @OptionGroup
    var report: ReportOptions

    @OptionGroup(title: "Running the model")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["--model": model, "--pairs": pairs])
    }

    func run() throws {
        var texts: [TextPair] = []
        var records = try InputRecords(path: pairs)
        while let record = try records.next() {
            texts.append(TextPair(try record.string("query"), try record.string("text")))
        }
        guard !texts.isEmpty else {
            throw CommandFailure(
                .badData, #"\#(pairs): there are no pairs. Give lines like {"query": "...", "text": "..."}."#)
        }
        let encoder = try CrossEncoder.reranker(model, running)
        let (sequences, tokenizing) = try timing.measure(atLeast: 3) { try encoder.tokenize(texts) }
        let (_, computing) = try timing.measure { try encoder.score(sequences) }
        try BenchReport(
            noun: "pairs", count: texts.count, sequences: sequences, summary: encoder.summary, computing: computing,
            tokenizing: tokenizing
        ).print(as: report.format)
    }
}
