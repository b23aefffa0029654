import ArgumentParser
import Encoders

/// `needletail bench embed`: the time to turn a list of texts into dense vectors.
struct BenchEmbed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Time the embedding of texts: model loaded, texts tokenised, warmed up.",
        discussion: """
            \(BenchReport.discussion(of: "the vectors of all texts"))

            Example:
              needletail bench embed --model ./all-MiniLM-L6-v2 --texts corpus.jsonl --threads 2 --json
            """
    )

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model: String

    @OptionGroup
    var texts: BenchTexts

    @OptionGroup
    var timing: TimingOptions

    @OptionGroup
    var report: ReportOptions

    @OptionGroup(title: "Running the model")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["--model": model])
    }

    func run() throws {
        let texts = try texts.read()
        let encoder = try DenseEncoder(path: try ModelLocator.path(of: model), options: running.encoderOptions())
        let (sequences, tokenizing) = try timing.measure(atLeast: 3) { try encoder.tokenize(texts) }
        let (_, computing) = try timing.measure { try encoder.embed(sequences) }
        try BenchReport(
            noun: "texts", count: texts.count, sequences: sequences, summary: encoder.summary, computing: computing,
            tokenizing: tokenizing
        ).print(as: report.format)
    }
}
