import ArgumentParser
import Encoders
import JSON

/// `needletail bench`: measures on this machine.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure speed on this machine.", subcommands: [BenchRerank.self])
}

/// `needletail bench rerank`: the time to score a list of pairs.
struct BenchRerank: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerank",
        abstract: "Time the scoring of pairs: model loaded, texts tokenised, warmed up.",
        discussion: """
            With --json (or --format jsonl), prints {"median_ms", "min_ms", "runs", "tokens"} for scoring all pairs of the \
            file once.

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

    @Option(help: ArgumentHelp("Timed runs at least; more until a second has passed.", valueName: "count"))
    var runs = 7

    @OptionGroup
    var report: ReportOptions

    @OptionGroup(title: "Running the model")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["--model": model, "--pairs": pairs])
        if runs < 1 { throw ValidationError("--runs must be at least 1, not \(runs).") }
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
        let sequences = try encoder.tokenize(texts)
        let tokens = sequences.reduce(0) { $0 + $1.count }

        let clock = ContinuousClock()
        let warmUp = clock.now
        var warmUps = 0
        while warmUps < 2 || (clock.now - warmUp < .milliseconds(300) && warmUps < 100) {
            _ = try encoder.score(sequences)
            warmUps += 1
        }
        var times: [Double] = []
        let start = clock.now
        while times.count < runs || clock.now - start < .seconds(1) {
            let begin = clock.now
            _ = try encoder.score(sequences)
            times.append((clock.now - begin).milliseconds)
        }
        times.sort()
        let middle = times.count / 2
        let median = times.count % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2

        let output = StandardOutput()
        if report.format == .jsonl {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("median_ms")
            writer.value((median * 1e4).rounded() / 1e4)
            writer.key("min_ms")
            writer.value((times[0] * 1e4).rounded() / 1e4)
            writer.key("runs")
            writer.value(times.count)
            writer.key("tokens")
            writer.value(tokens)
            writer.endObject()
            writer.endLine()
            try output.write(writer.bytes)
        } else {
            var table = TextTable([
                .init("pairs", .right), .init("tokens", .right), .init("threads", .right), .init("precision"),
                .init("median ms", .right), .init("min ms", .right), .init("tokens/ms", .right), .init("runs", .right),
            ])
            table.add([
                "\(texts.count)", "\(tokens)", "\(encoder.summary.threads)", .init(encoder.summary.precision.rawValue),
                .init(Numbers.fixed(median, 2)), .init(Numbers.fixed(times[0], 2)),
                .init(Numbers.fixed(Double(tokens) / median, 1)), "\(times.count)",
            ])
            try output.write(table.rendered(for: .output))
        }
        try output.flush()
    }
}
