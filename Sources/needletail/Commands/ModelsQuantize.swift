import ArgumentParser
import Encoders
import JSON
import ModelFiles
import Relevance

/// `needletail models quantize`: makes a folder with int8 weights beside the original ones.
struct ModelsQuantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Make a model folder with int8 weights, and measure what that costs.",
        discussion: """
            Copies the folder and puts two files into the copy: int8 weights, which are used where they are in the file, and a \
            record of how they were made and how near they come to float32. With --precision auto, commands and server take \
            int8 where the record says that its quality passes; fp32 and bf16 stay what they were, as the original weights \
            are there.

            A sample of texts chooses, for each matrix, how the range of its input columns is shared with its weights \
            (SmoothQuant); every fourth text is held out to compare the results. Give texts of the kind that the model will \
            read: lines of text, or JSON lines with {"text"} or {"query", "text"}. Without --calibrate, 64 short texts that \
            come along are used.

            With --small, the weights themselves become int8 rows: the folder then has a quarter of the size, and no original weights. Nothing is \
            calibrated, all texts compare the results, and fp32 and bf16 compute with the rounded weights. Keep the original.

            Examples:
              needletail models quantize ./all-MiniLM-L6-v2 ./all-MiniLM-L6-v2-int8
              needletail models quantize ./reranker ./reranker-int8 --calibrate pairs.jsonl --samples 256
              needletail models quantize ./reranker ./reranker-small --small
            """
    )

    @Argument(help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"), completion: .file())
    var model: String

    @Argument(help: ArgumentHelp("Folder to make.", valueName: "folder"), completion: .directory)
    var folder: String

    @Option(
        help: ArgumentHelp(
            #"File with a text a line, or JSON lines with {"text"} or {"query", "text"}; '-' is standard input."#,
            valueName: "file"), completion: .file())
    var calibrate: String?

    @Option(help: ArgumentHelp("Texts of the file that are used, spread over it; 32 to 512.", valueName: "count"))
    var samples = CalibrationSample.largestCount

    @Option(
        help: ArgumentHelp(
            "Mean cosine with float32 that int8 must reach to be taken by auto; unless said, 0.995, for sparse encoders 0.99.",
            valueName: "cosine"))
    var minCosine: Double?

    @Option(
        help: ArgumentHelp(
            "Rank correlation (Spearman) with float32 that int8 must reach to be taken by auto; 0.99 unless said.",
            valueName: "rho"))
    var minSpearman: Double?

    @Option(help: ArgumentHelp("Compute threads; all cores unless said.", valueName: "count"))
    var threads: Int?

    @Flag(help: "Store the weights as int8 rows, in place of the original ones.")
    var small = false

    @Flag(help: "Replace the folder if an earlier run made it.")
    var force = false

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    func validate() throws {
        try refuseEmpty(["<model>": model, "<folder>": folder, "--calibrate": calibrate])
        let range = CalibrationSample.smallestCount...CalibrationSample.largestCount
        guard range.contains(samples) else {
            throw ValidationError(
                "--samples must be from \(range.lowerBound) to \(range.upperBound), not \(samples).")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024, not \(threads).")
        }
        for (name, value) in [("--min-cosine", minCosine), ("--min-spearman", minSpearman)] {
            if let value, !(-1...1).contains(value) {
                throw ValidationError("\(name) must be from -1 to 1, not \(value).")
            }
        }
    }

    func run() throws {
        let source = try ModelLocator.path(of: model)
        let inspected = try ModelFolder(path: source)
        var copy = try ModelFolderCopy(
            of: source, to: folder, replacing: force, withoutWeightsIn: small ? inspected.transformerFolder : nil)
        let sample = try CalibrationSample.read(calibrate, count: samples)
        var bar = QuantizationQuality.Bar.standard(for: inspected.task)
        if let minCosine { bar.cosine = minCosine }
        if let minSpearman { bar.spearman = minSpearman }
        let progress = StageProgress()
        let quantizer = ModelQuantizer(
            sample: sample, bar: bar, threads: threads, program: programVersion,
            onProgress: { progress.show($0, $1, of: $2) })
        let record: QuantizationRecord
        do {
            if small {
                record = try quantizer.shrink(folder: source, into: copy.make())
            } else {
                // What cannot be quantised is refused before anything is written.
                let network = try quantizer.prepare(folder: source)
                record = try quantizer.write(network, to: copy.make())
            }
            progress.finish()
            try copy.commit()
        } catch {
            progress.finish()
            copy.discard()
            throw copy.named(error)
        }
        let output = StandardOutput()
        switch format.resolved {
        case .table: try output.write(QuantizationReport(record, folder: folder).text(for: .output))
        case .jsonl:
            var object = record.json.object ?? [:]
            object["folder"] = .string(folder)
            try output.write(JSONValue.object(object).serialized() + "\n")
        }
        try output.flush()
    }
}

/// A progress line for each stage of the work.
private final class StageProgress: Sendable {
    private let lines: [ModelQuantizer.Stage: ProgressLine] = [
        .calibrating: ProgressLine("reading the sample"), .searching: ProgressLine("quantising"),
        .comparing: ProgressLine("comparing with float32"),
    ]

    func show(_ stage: ModelQuantizer.Stage, _ done: Int, of total: Int) {
        lines[stage]?.show(done, of: total)
    }

    func finish() {
        for line in lines.values { line.finish() }
    }
}

extension CalibrationSample {
    /// The texts of a file, or those that come along.
    static func read(_ path: String?, count: Int) throws -> CalibrationSample {
        guard let path else { return .builtIn }
        var selection = CalibrationSelection(count: count)
        var reader = try LineReader(path: path)
        while let line = try reader.next() {
            let text = InvalidText.text(of: line, from: reader)
            guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") else {
                selection.add(Item(text: text))
                continue
            }
            selection.add(try item(text, "\(reader.path), line \(reader.lineNumber)"))
        }
        // Spread over the file, so that a sorted one is seen as a whole.
        return try CalibrationSample(name: reader.path, selection.items)
    }

    private static func item(_ line: String, _ place: String) throws(CommandFailure) -> Item {
        func failure(_ reason: String) -> CommandFailure { CommandFailure(.badData, "\(place): \(reason).") }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw failure("not JSON, column \(error.column): \(error.reason)")
        }
        guard let text = value["text"]?.string else { throw failure("field 'text' must be a string") }
        guard let query = value["query"], !query.isNull else { return Item(text: text) }
        guard let query = query.string else { throw failure("field 'query' must be a string") }
        return Item(query: query, text: text)
    }
}
