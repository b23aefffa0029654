public import ArgumentParser
public import Encoders

/// How a model is run; the same for all commands that run one.
struct RunningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Compute threads; all cores unless said.", valueName: "count"))
    var threads: Int?

    @Option(help: ArgumentHelp("Arithmetic of the matrix products: fp32, bf16 or int8.", valueName: "precision"))
    var precision: Precision = .fp32

    @Option(
        help: ArgumentHelp(
            "Cuts inputs to so many tokens, special tokens included; the model's own limit unless said.",
            valueName: "tokens"))
    var maxLength: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024, not \(threads).")
        }
        if let maxLength, maxLength < 3 {
            throw ValidationError(
                "--max-length must be at least 3, which is what special tokens and one word take, not \(maxLength).")
        }
    }

    /// The settings for a model that is about to be loaded; refuses a precision that this build lacks.
    func encoderOptions() throws(CommandFailure) -> EncoderOptions {
        guard Precision.available.contains(precision) else {
            let available = Precision.available.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(
                .unavailable,
                "precision \(precision.rawValue) is not available in this build on this CPU. Available: \(available).")
        }
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

extension Optional<OutputFormat> {
    /// What was asked for, else a table on a terminal and JSON lines anywhere else.
    var resolved: OutputFormat {
        self ?? (Terminal.output.isTerminal ? .table : .jsonl)
    }
}
