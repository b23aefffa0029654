import ArgumentParser
import Encoders
import JSON

/// `needletail embed`: turns texts into dense vectors.
struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn texts into dense vectors.",
        discussion: """
            Output is one JSON object for each text: {"id", "embedding": [...], "tokens", "truncated"}; with --format raw, \
            little-endian float32 values row by row; with --format npy, a NumPy array file of shape (texts, dimensions). \
            'id' is there when the input had one, as a string also if it was a number; 'truncated' is true where a text was \
            cut to the longest input of the model, else absent.

            Examples:
              needletail embed --model ./all-MiniLM-L6-v2 "a text" "another"
              needletail embed --model ./e5 --prompt query --file queries.txt --format npy > queries.npy
              needletail embed --model ./nomic --dimensions 256 --jsonl < documents.jsonl
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case jsonl
        case raw
        case npy
    }

    @OptionGroup(title: "Input")
    var input: TextInput

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model: String

    @Option(
        help: ArgumentHelp(
            "Name of one of the model's prompts, put before each text; 'none' for no prompt.", valueName: "name"))
    var prompt: String?

    @Option(help: ArgumentHelp("Text put before each text, instead of one of the model's prompts.", valueName: "text"))
    var promptText: String?

    @Option(help: ArgumentHelp("Keep only so many values of each vector (Matryoshka models).", valueName: "count"))
    var dimensions: Int?

    @Flag(inversion: .prefixedNo, help: "Make unit vectors; as the model says unless given.")
    var normalize: Bool?

    @Option(help: "table, jsonl, raw or npy; a table on a terminal unless said.")
    var format: Format?

    @OptionGroup(title: "Running the model")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["--model": model])
        if let dimensions, dimensions < 1 {
            throw ValidationError("--dimensions must be at least 1, not \(dimensions).")
        }
        if prompt != nil, promptText != nil { throw ValidationError("--prompt and --prompt-text exclude each other.") }
    }

    func run() throws {
        let format = format ?? (Terminal.output.isTerminal ? .table : .jsonl)
        if Terminal.output.isTerminal, format == .raw || format == .npy {
            throw CommandFailure(.usage, "--format \(format.rawValue) writes bytes; send them to a file or a program.")
        }
        let encoder = try DenseEncoder(
            path: try ModelLocator.path(of: model), options: running.encoderOptions())
        let chosen: Prompt =
            if let promptText { .text(promptText) } else if let prompt {
                prompt == "none" && encoder.prompts["none"] == nil ? Prompt.none : .named(prompt)
            } else { .modelDefault }
        let output = StandardOutput()
        // An NPY header states the number of rows, so its rows have to wait.
        var rows: [Float] = []
        var count = 0
        var table = TextTable([
            .init("dim", .right), .init("norm", .right), .init("tokens", .right), .init("first values"), .init("text"),
        ])
        try input.forEachGroup(of: 256) { group in
            let progress = ProgressLine("embedding")
            let embeddings = try encoder.embed(
                group.map(\.text), prompt: chosen, dimensions: dimensions, normalize: normalize,
                control: EncodingControl(onProgress: { progress.show($0.completedSequences, of: $0.totalSequences) }))
            progress.finish()
            count += group.count
            switch format {
            case .npy: rows += embeddings.values
            case .raw: try output.write(littleEndianBytes(embeddings.values))
            case .jsonl:
                for (index, item) in group.enumerated() {
                    try output.write(
                        line(
                            item, embeddings[index], tokens: embeddings.tokenCounts[index],
                            embeddings.isTruncated[index]))
                }
                try output.flush()
            case .table:
                for (index, item) in group.enumerated() {
                    let vector = embeddings[index]
                    let norm = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
                    let first = vector.prefix(4).map { Numbers.signed(Double($0), 3) }.joined(separator: " ")
                    table.add([
                        "\(vector.count)", .init(Numbers.fixed(norm, 4)), "\(embeddings.tokenCounts[index])",
                        .init(first + " …"),
                        .init(item.text),
                    ])
                }
            }
        }
        switch format {
        case .npy:
            let width = count == 0 ? (dimensions ?? encoder.dimensions) : rows.count / count
            try output.write(NumPyHeader.float32(rows: count, columns: width) + littleEndianBytes(rows))
        case .table: try output.write(table.rendered(for: .output))
        case .jsonl, .raw: break
        }
        try output.flush()
    }

    private func line(_ item: TextInput.Item, _ vector: ArraySlice<Float>, tokens: Int, _ isTruncated: Bool) -> [UInt8]
    {
        var writer = JSONWriter()
        writer.beginObject()
        if let id = item.id {
            writer.key("id")
            writer.value(id)
        }
        writer.key("embedding")
        writer.array(Array(vector))
        writer.key("tokens")
        writer.value(tokens)
        if isTruncated {
            writer.key("truncated")
            writer.value(true)
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }
}

private func littleEndianBytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
}

/// The head of a NumPy array file, version 1.0 (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>).
private enum NumPyHeader {
    static func float32(rows: Int, columns: Int) -> [UInt8] {
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        // Magic, version and length take 10 bytes; the whole is a multiple of 64 and ends with a line feed.
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        let length = text.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
    }
}
