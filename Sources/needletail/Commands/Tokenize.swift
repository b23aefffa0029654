import ArgumentParser
import JSON
import ModelFiles
import Tokenizers

/// `needletail tokenize`: shows how a model reads a text.
struct Tokenize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the tokens that a model reads, or turn ids back into text.",
        discussion: """
            Output is one JSON object for each text: {"id", "ids", "tokens", "type_ids", "offsets": [[start, end], ...], \
            "special_tokens_mask", "truncated"}, offsets in Unicode scalars of the text. 'id' is there when the input had one, \
            as a string also if it was a number; 'truncated' is true where a text was cut, else absent. On a terminal it is a \
            table.

            With --jsonl, an object may hold a second text in 'pair'. With --decode, each line is ids: separated by blanks or \
            commas, or a JSON array.

            Examples:
              needletail tokenize "Reranking, explained"
              needletail tokenize --model ./xlm-roberta --pair "second text" "first text"
              needletail tokenize --decode "101 2023 2003 102"
            """
    )

    @OptionGroup(title: "Input")
    var input: TextInput

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model = ModelLocator.starter

    @Option(help: ArgumentHelp("Second text, read together with each text.", valueName: "text"))
    var pair: String?

    @Flag(inversion: .prefixedNo, help: "Add the special tokens that the model expects; with --decode, keep them.")
    var specialTokens: Bool?

    @Option(help: ArgumentHelp("Cut to so many tokens; whole texts unless said.", valueName: "tokens"))
    var maxLength: Int?

    @Flag(help: "Turn ids into text.")
    var decode = false

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    func validate() throws {
        try refuseEmpty(["--model": model])
        try RunningOptions.checkMaxLength(maxLength)
        if decode, pair != nil { throw ValidationError("--decode and --pair exclude each other.") }
        if decode, input.jsonl { throw ValidationError("--decode reads JSON arrays without --jsonl.") }
    }

    func run() throws {
        var tokenizer = try Self.tokenizer(of: try ModelLocator.path(of: model))
        tokenizer.truncation = maxLength.map { Truncation(maxLength: $0) }
        let output = StandardOutput()
        var number = 0
        try input.forEachGroup(of: 1) { group in
            for item in group {
                number += 1
                if decode {
                    let text = tokenizer.decode(
                        try ids(item.text, number: number, tokenizer), skipSpecialTokens: specialTokens != true)
                    try output.write(text + "\n")
                } else {
                    let pair = item.pair ?? pair
                    let encoding = try tokenizer.encode(
                        item.text, pair: pair, addSpecialTokens: specialTokens ?? true, includeOverflow: false)
                    switch format.resolved {
                    case .jsonl: try output.write(line(item, encoding, tokenizer))
                    case .table: try output.write(table(item, pair, encoding, tokenizer))
                    }
                }
            }
            try output.flush()
        }
    }

    /// The tokenizer of a folder that holds one, else the one that a model folder or zip says is its own.
    private static func tokenizer(of path: String) throws -> Tokenizer {
        guard let folder = try? ModelFolder(path: path) else { return try Tokenizer(folder: path) }
        if let tokenizerPath = folder.tokenizerPath() { return try Tokenizer(folder: tokenizerPath) }
        guard let document = try folder.tokenizerJSON() else {
            throw CommandFailure(
                .badData, "\(path): there is no tokenizer.json in the archive. Add it, or unpack the archive.")
        }
        return try Tokenizer(tokenizerJSON: document)
    }

    /// The ids of a line: `101 2023 102`, `101,2023,102` or `[101, 2023, 102]`.
    private func ids(_ text: String, number: Int, _ tokenizer: Tokenizer) throws(CommandFailure) -> [Int32] {
        let fields = text.split { " ,\t[]".contains($0) }
        var ids: [Int32] = []
        for field in fields {
            guard let id = Int32(field), id >= 0 else {
                throw CommandFailure(
                    .badData, "text \(number): '\(field.prefix(40))' is not a token id. Give whole numbers.")
            }
            guard tokenizer.token(of: id) != nil else {
                throw CommandFailure(
                    .badData,
                    "text \(number): there is no token with the id \(id); the vocabulary has "
                        + "\(Numbers.grouped(tokenizer.vocabularySize)) tokens. Are the ids those of another model?")
            }
            ids.append(id)
        }
        return ids
    }

    private func line(_ item: TextInput.Item, _ encoding: Encoding, _ tokenizer: Tokenizer) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let id = item.id {
            writer.key("id")
            writer.value(id)
        }
        func array(_ key: String, _ values: some Sequence<Int>) {
            writer.key(key)
            writer.beginArray()
            for value in values { writer.value(value) }
            writer.endArray()
        }
        array("ids", encoding.ids.map(Int.init))
        writer.key("tokens")
        writer.beginArray()
        for id in encoding.ids { writer.value(tokenizer.token(of: id) ?? "") }
        writer.endArray()
        array("type_ids", encoding.typeIDs.map(Int.init))
        writer.key("offsets")
        writer.beginArray()
        for range in encoding.characterOffsets {
            writer.beginArray()
            writer.value(range.lowerBound)
            writer.value(range.upperBound)
            writer.endArray()
        }
        writer.endArray()
        array("special_tokens_mask", encoding.specialTokensMask.map { $0 ? 1 : 0 })
        if encoding.isTruncated {
            writer.key("truncated")
            writer.value(true)
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private func table(_ item: TextInput.Item, _ pair: String?, _ encoding: Encoding, _ tokenizer: Tokenizer) -> String
    {
        let terminal = Terminal.output
        let sources = [Array(item.text.utf8), Array((pair ?? "").utf8)]
        var table = TextTable([
            .init("place", .right), .init("id", .right), .init("token"), .init("type", .right), .init("from", .right),
            .init("to", .right), .init("text"),
        ])
        for index in encoding.ids.indices {
            let isSpecial = encoding.specialTokensMask[index]
            let source = sources[max(0, Int(encoding.sequenceIDs[index]))]
            let bytes = encoding.byteOffsets[index].clamped(to: 0..<source.count)
            let range = encoding.characterOffsets[index]
            table.add([
                .init("\(index)", .dim), "\(encoding.ids[index])",
                .init(tokenizer.token(of: encoding.ids[index]) ?? "?", isSpecial ? .dim : nil),
                "\(encoding.typeIDs[index])",
                .init(isSpecial ? "" : "\(range.lowerBound)"), .init(isSpecial ? "" : "\(range.upperBound)"),
                .init(isSpecial ? "" : String(decoding: source[bytes], as: UTF8.self)),
            ])
        }
        let summary = Numbers.counted(encoding.count, "token") + "\(encoding.isTruncated ? ", text was cut" : "")"
        return table.rendered(for: terminal) + terminal.styled(summary, .dim) + "\n\n"
    }
}
