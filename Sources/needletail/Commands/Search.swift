import ArgumentParser
import JSON
import TextEncoding

/// `needletail search`: hits of an index of a data folder.
struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search an index without a server.",
        discussion: """
            The text is matched against --fields (all text fields unless said, the best field counts), or --body gives a whole \
            request as OpenSearch's _search takes it. With --format jsonl each hit is a line, as in the API's hits.

            With --embed or --sparse the text is encoded by the model and looked for in the field that 'index load' filled with it; give the same \
            --max-length as there. --hybrid looks for its words, too. What several queries find becomes one list, as the search pipeline of \
            --pipeline says.

            Examples:
              needletail search packages "text editor" --data ./data
              needletail search packages "text editor" --fields title^2,text --size 3 --data ./data
              needletail search packages --body '{"query": {"match_phrase": {"text": "text editor"}}}' --data ./data
              needletail search packages "play a board game" --embed vector=./all-MiniLM-L6-v2 --data ./data
              needletail search packages "play a board game" --embed vector=./all-MiniLM-L6-v2 --hybrid --pipeline hybrid.json --data ./data
            """
    )

    @Argument(help: ArgumentHelp("The index, or several with commas and wildcards.", valueName: "index"))
    var index: String

    @Argument(help: ArgumentHelp("What to look for.", valueName: "text"))
    var text: String?

    @OptionGroup var data: DataOptions

    @Option(help: ArgumentHelp("Fields, separated by commas; a boost may follow a ^.", valueName: "names"))
    var fields: String?

    @Option(help: ArgumentHelp("A whole request (JSON) instead of a text.", valueName: "json"))
    var body: String?

    @Option(help: ArgumentHelp("Hits.", valueName: "count"))
    var size = 10

    @OptionGroup(title: "Searching with models")
    var encoding: FieldModelOptions

    @Flag(help: "Look for the words of the text, too.")
    var hybrid = false

    @OptionGroup(title: "Searching with models")
    var pipeline: PipelineOptions

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    @OptionGroup(title: "Running the models")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["<index>": index, "--fields": fields, "--body": body])
        guard (text == nil) != (body == nil) else { throw ValidationError("Give a text or --body, one of them.") }
        if size < 0 { throw ValidationError("--size must not be negative.") }
        let fields = encoding.fields
        if hybrid, fields.isEmpty { throw ValidationError("--hybrid needs --embed or --sparse.") }
        if body != nil, hybrid { throw ValidationError("--hybrid needs a text; --body is a whole request.") }
        if !fields.isEmpty, !hybrid, self.fields != nil {
            throw ValidationError("--fields are for words: give --hybrid, too, or leave them out.")
        }
        let isFused = hybrid || fields.count > 1
        if pipeline.pipeline != nil, !isFused {
            throw ValidationError(
                "--pipeline joins several queries: give --hybrid, or more than one --embed or --sparse.")
        }
    }

    func run() throws {
        let request = try request()
        let models = try LocalModels(encoding.fields, running)
        let reply = try data.withIndices {
            try LocalSearch($0, encoder: EngineQueryEncoding(models.engine)).search(index, request)
        }
        let hits = reply["hits"]?["hits"]?.array ?? []
        let output = StandardOutput()
        switch format.resolved {
        case .jsonl: for hit in hits { try output.write(hit.serialized() + "\n") }
        case .table: try output.write(Self.table(hits, total: reply["hits"]?["total"]))
        }
        try output.flush()
    }

    /// How many results of each query take part in one list, at least.
    private static let depth = 100

    private func request() throws -> JSONValue {
        if let body {
            do throws(JSONError) {
                return try JSONValue(parsing: body)
            } catch {
                throw CommandFailure(.usage, "--body, column \(error.column): not JSON: \(error.reason).")
            }
        }
        let named = encoding.fields
        let words: [SearchSystem.Part] = hybrid || named.isEmpty ? [.words(fields: fields)] : []
        let parts = words + named.map { .model($0) }
        let system =
            parts.count == 1
            ? SearchSystem(parts[0])
            : SearchSystem(hybrid: parts, pipeline: try pipeline.resolved(), name: "hybrid")
        var request = system.body(text ?? "", size: size, depth: max(size, Self.depth))
        if !named.isEmpty { request["_source"] = ["excludes": .array(named.map { .string($0.field) })] }
        return .object(request)
    }

    private static func table(_ hits: [JSONValue], total: JSONValue?) -> String {
        let count = total?["value"]?.int ?? hits.count
        let about = total?["relation"]?.string == "gte" ? "more than " : ""
        guard !hits.isEmpty else { return "\(about)\(Numbers.counted(count, "hit")), none shown\n" }
        var table = TextTable([.init("", .right), .init("score", .right), .init("id"), .init("source")])
        for (rank, hit) in hits.enumerated() {
            table.add([
                .init("\(rank + 1)", .dim), .init(hit["_score"]?.double.map { Numbers.fixed($0, 3) } ?? "", .bold),
                .init(hit["_id"]?.string ?? ""), .init(hit["_source"]?.serialized() ?? ""),
            ])
        }
        return table.rendered(for: .output) + "\(about)\(Numbers.counted(count, "hit"))\n"
    }
}
