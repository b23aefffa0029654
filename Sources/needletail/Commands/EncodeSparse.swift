public import ArgumentParser
public import Encoders
import JSON

/// `needletail encode-sparse`: expands texts into weighted words.
struct EncodeSparse: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Expand texts into weighted vocabulary entries (learned sparse vectors).",
        discussion: """
            Output is one JSON object for each text: {"id", "tokens": {"word": weight, ...}, "truncated"}, heaviest first: the \
            form that OpenSearch stores in rank_features and sparse_vector fields. 'id' is there when the input had one, as a \
            string also if it was a number; 'truncated' is true where a text was cut, else absent. On a terminal it is a list \
            of bars.

            Examples:
              needletail encode-sparse --model ./opensearch-sparse --as query "what is the capital of france"
              needletail encode-sparse --model ./opensearch-sparse --as document --jsonl < documents.jsonl
            """
    )

    @OptionGroup(title: "Input")
    var input: TextInput

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Which side of a search the texts stand on: query or document.", valueName: "side"))
    var role: SparseRole = .document

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Keep only so many of the heaviest entries of each text.", valueName: "count"))
    var top: Int?

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    @OptionGroup(title: "Running the model")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["--model": model])
        if let top, top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
    }

    func run() throws {
        let encoder = try SparseEncoder(
            path: try ModelLocator.path(of: model), options: running.encoderOptions())
        let output = StandardOutput()
        try input.forEachGroup(of: 64) { group in
            let progress = ProgressLine("encoding")
            let vectors = try encoder.encode(
                group.map(\.text), as: role, maximumActive: top,
                control: EncodingControl(onProgress: { progress.show($0.completedSequences, of: $0.totalSequences) }))
            progress.finish()
            for (item, vector) in zip(group, vectors) {
                let entries = vector.heaviest(.max).map {
                    (encoder.token(of: $0.tokenID) ?? "#\($0.tokenID)", $0.weight)
                }
                switch format.resolved {
                case .jsonl: try output.write(line(item, vector, entries))
                case .table: try output.write(bars(item, vector, entries))
                }
            }
            try output.flush()
        }
    }

    private func line(_ item: TextInput.Item, _ vector: SparseVector, _ entries: [(String, Float)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let id = item.id {
            writer.key("id")
            writer.value(id)
        }
        writer.key("tokens")
        writer.beginObject()
        for (token, weight) in entries {
            writer.key(token)
            writer.value(weight)
        }
        writer.endObject()
        if vector.isTruncated {
            writer.key("truncated")
            writer.value(true)
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private func bars(_ item: TextInput.Item, _ vector: SparseVector, _ entries: [(String, Float)]) -> String {
        let terminal = Terminal.output
        let heaviest = entries.map(\.1).max() ?? 0
        var table = TextTable([.init(""), .init("", .right), .init("")])
        let room = max(10, min(40, terminal.width - 40))
        for (token, weight) in entries {
            table.add([
                .init(token), .init(Numbers.fixed(Double(weight), 3)),
                .init(Bar.text(weight / heaviest, columns: room), .cyan),
            ])
        }
        let summary =
            Numbers.counted(entries.count, "entry", "entries") + ", " + Numbers.counted(vector.tokenCount, "token")
            + " read\(vector.isTruncated ? ", text was cut" : "")"
        return terminal.styled(DisplayWidth.fitted(item.text, to: terminal.width), .bold) + "\n"
            + table.rendered(for: terminal)
            + terminal.styled(summary, .dim) + "\n\n"
    }
}

extension SparseRole: ExpressibleByArgument {}
