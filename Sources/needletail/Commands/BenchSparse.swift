import ArgumentParser
import Encoders

/// `needletail bench sparse`: the time to expand a list of texts into weighted vocabulary entries.
struct BenchSparse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sparse",
        abstract: "Time the expansion of texts: model loaded, texts tokenised, warmed up.",
        discussion: """
            \(BenchReport.discussion(of: "the sparse vectors of all texts"))

            Example:
              needletail bench sparse --model ./opensearch-sparse --texts corpus.jsonl --threads 2 --json
            """
    )

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Which side of a search the texts stand on: query or document.", valueName: "side"))
    var role: SparseRole = .document

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
        let encoder = try SparseEncoder(path: try ModelLocator.path(of: model), options: running.encoderOptions())
        let (sequences, tokenizing) = try timing.measure(atLeast: 3) { try encoder.tokenize(texts, as: role) }
        let (_, computing) = try timing.measure { try encoder.encode(sequences, as: role) }
        try BenchReport(
            noun: "texts", count: texts.count, sequences: sequences, summary: encoder.summary, computing: computing,
            tokenizing: tokenizing
        ).print(as: report.format)
    }
}
