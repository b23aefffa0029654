public import ArgumentParser
public import Encoders

/// How a model is run; the same for all commands that run one.
struct RunningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Compute threads; all cores unless said.", valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Arithmetic of the matrix products: auto, int8, bf16 or fp32. auto: int8 if the folder's record says that its quality passes, else bf16.",
            valueName: "precision"))
    var precision: Precision = .auto

    @Option(
        help: ArgumentHelp(
            "Cuts inputs to so many tokens, special tokens included, 4 at least; the model's own limit unless said.",
            valueName: "tokens"))
    var maxLength: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024, not \(threads).")
        }
        try Self.checkMaxLength(maxLength)
    }

    /// Refuses a limit that leaves no room for a word beside the special tokens of a pair.
    static func checkMaxLength(_ maxLength: Int?) throws {
        guard let maxLength, maxLength < 4 else { return }
        throw ValidationError(
            "--max-length must be at least 4, which is what the special tokens of a pair and one word take, not \(maxLength)."
        )
    }

    /// The settings for a model that is about to be loaded.
    func encoderOptions() -> EncoderOptions {
        return EncoderOptions(threads: threads, precision: precision, maxSequenceLength: maxLength)
    }
}

extension Precision: ExpressibleByArgument {}

/// The forms in which a command can answer.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// For programs: one JSON object a line.
    case jsonl
}

/// The form of a report: commands that answer once, for people unless said.
struct ReportOptions: ParsableArguments {
    @Option(name: .customLong("format"), help: "table or jsonl; a table unless said.")
    var chosen: OutputFormat?

    @Flag(help: "Print one JSON object, as --format jsonl does.")
    var json = false

    var format: OutputFormat { json ? .jsonl : chosen ?? .table }

    func validate() throws {
        if json, chosen == .table { throw ValidationError("--json and --format table exclude each other.") }
    }
}

/// Refuses options that were given as empty strings, by their names.
func refuseEmpty(_ values: KeyValuePairs<String, String?>) throws {
    for (name, value) in values where value?.isEmpty == true {
        throw ValidationError("\(name) is empty. Give it a value, or leave it out.")
    }
}

extension Optional<OutputFormat> {
    /// What was asked for, else a table on a terminal and JSON lines anywhere else.
    var resolved: OutputFormat {
        self ?? (Terminal.output.isTerminal ? .table : .jsonl)
    }
}
