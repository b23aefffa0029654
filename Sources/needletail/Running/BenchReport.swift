import Encoders
import JSON

/// What a benchmark of an encoder found.
struct BenchReport {
    /// What was encoded: pairs, texts.
    let noun: String
    let count: Int
    let tokens: Int
    let summary: EncoderSummary
    /// The network, from tokens to results.
    let computing: TimingOptions.Times
    /// The tokenizer, from texts to tokens; not part of `computing`.
    let tokenizing: TimingOptions.Times

    init(
        noun: String, count: Int, sequences: [TokenSequence], summary: EncoderSummary, computing: TimingOptions.Times,
        tokenizing: TimingOptions.Times
    ) {
        self.noun = noun
        self.count = count
        tokens = sequences.reduce(0) { $0 + $1.count }
        self.summary = summary
        self.computing = computing
        self.tokenizing = tokenizing
    }

    /// What the help of a benchmark says about its answer.
    static func discussion(of work: String) -> String {
        """
        With --json (or --format jsonl), prints {"median_ms", "min_ms", "runs", "tokens", "texts", "tokenize_ms", \
        "precision", "precision_reason", "threads"} for \(work) of the file once. Tokenisation is timed apart (tokenize_ms) and is no part of \
        the other times.
        """
    }

    /// Writes the report to standard output.
    func print(as format: OutputFormat) throws {
        let output = StandardOutput()
        switch format {
        case .jsonl: try output.write(line())
        case .table: try output.write(table().rendered(for: .output))
        }
        try output.flush()
    }

    private func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("median_ms")
        writer.value(rounded(computing.median))
        writer.key("min_ms")
        writer.value(rounded(computing.minimum))
        writer.key("runs")
        writer.value(computing.runs)
        writer.key("tokens")
        writer.value(tokens)
        writer.key("texts")
        writer.value(count)
        writer.key("tokenize_ms")
        writer.value(rounded(tokenizing.median))
        writer.key("precision")
        writer.value(summary.precision.rawValue)
        writer.key("precision_reason")
        writer.value(summary.precisionReason)
        writer.key("threads")
        writer.value(summary.threads)
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private func table() -> TextTable {
        var table = TextTable([
            .init(noun, .right), .init("tokens", .right), .init("threads", .right), .init("precision"),
            .init("median ms", .right), .init("min ms", .right), .init("tokens/ms", .right), .init("runs", .right),
            .init("tokenise ms", .right),
        ])
        table.add([
            "\(count)", "\(tokens)", "\(summary.threads)", .init(summary.precision.rawValue),
            .init(Numbers.fixed(computing.median, 2)), .init(Numbers.fixed(computing.minimum, 2)),
            .init(Numbers.fixed(Double(tokens) / computing.median, 1)), "\(computing.runs)",
            .init(Numbers.fixed(tokenizing.median, 2)),
        ])
        return table
    }

    private func rounded(_ milliseconds: Double) -> Double { (milliseconds * 1e4).rounded() / 1e4 }
}
