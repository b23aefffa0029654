import ArgumentParser
import JSON

/// `needletail search`: hits of an index of a data folder.
struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search an index without a server.",
        discussion: """
            The text is matched against --fields (all text fields unless said, the best field counts), or --body gives a whole \
            request as OpenSearch's _search takes it. With --format jsonl each hit is a line, as in the API's hits.

            Examples:
              needletail search packages "text editor" --data ./data
              needletail search packages "text editor" --fields title^2,text --size 3 --data ./data
              needletail search packages --body '{"query": {"match_phrase": {"text": "text editor"}}}' --data ./data
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

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    func validate() throws {
        try refuseEmpty(["<index>": index, "--fields": fields, "--body": body])
        guard (text == nil) != (body == nil) else { throw ValidationError("Give a text or --body, one of them.") }
        if size < 0 { throw ValidationError("--size must not be negative.") }
    }

    func run() throws {
        let request = try request()
        let reply = try data.withIndices { try LocalSearch($0).search(index, request) }
        let hits = reply["hits"]?["hits"]?.array ?? []
        let output = StandardOutput()
        switch format.resolved {
        case .jsonl: for hit in hits { try output.write(hit.serialized() + "\n") }
        case .table: try output.write(Self.table(hits, total: reply["hits"]?["total"]))
        }
        try output.flush()
    }

    private func request() throws -> JSONValue {
        if let body {
            do throws(JSONError) {
                return try JSONValue(parsing: body)
            } catch {
                throw CommandFailure(.usage, "--body, column \(error.column): not JSON: \(error.reason).")
            }
        }
        return .object(["query": TextQuery(text ?? "", fields: fields).json, "size": .number(JSONNumber(size))])
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
