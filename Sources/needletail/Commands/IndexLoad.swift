import ArgumentParser
import DocumentStore
import HTTPTypes
import Indices
import JSON
import Relevance

/// `needletail index load`: documents of JSON lines into an index.
struct IndexLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load documents into an index, which is made if there is none.",
        discussion: """
            Every line is a JSON object, the document; gzip is fine. '_id' is taken out of it and becomes the document's id, as \
            '_routing' does; a document without an id gets one. A document whose id is there replaces it. What is told as \
            loaded is on the disk, so that an interrupted load can simply be run again.

            Fields get their types from --definition, a file with what a request that creates an index has as its body \
            ("settings", "mappings", "aliases"), or from the first document that has them.

            Documents that cannot be indexed are told by file and line, the others are loaded, and the exit status is 65.

            Examples:
              needletail index load packages Examples/packages/corpus.jsonl --data ./data
              zcat dump.jsonl.gz | needletail index load products - --data ./data --definition products.json
            """
    )

    @Argument(help: ArgumentHelp("The index.", valueName: "index"))
    var index: String

    @Argument(
        help: ArgumentHelp("Files of JSON lines; '-' is standard input.", valueName: "file"), completion: .file())
    var files: [String]

    @OptionGroup var data: DataOptions

    @Option(
        help: ArgumentHelp("Body of the request that would create the index (JSON).", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var definition: String?

    @Option(help: ArgumentHelp("Documents in one transaction.", valueName: "count"))
    var batch = 2000

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    func validate() throws {
        try refuseEmpty(["<index>": index, "--definition": definition])
        if files.isEmpty || files.contains("") { throw ValidationError("Give at least one file of documents.") }
        if !(1...100_000).contains(batch) {
            throw ValidationError("--batch must be from 1 to 100000, not \(batch).")
        }
    }

    func run() throws {
        let loaded = try data.withIndices(create: true) { indices in
            let service = try target(in: indices)
            var loading = DocumentLoading(into: service, batch: batch)
            for file in files { try loading.load(file) }
            try loading.finish()
            return loading
        }
        try loaded.report(format.resolved)
        if loaded.refused > 0 {
            throw CommandFailure(
                .badData,
                "\(Numbers.counted(loaded.refused, "document")) could not be indexed; the others are in '\(index)'.")
        }
    }

    /// The index, made if need be.
    private func target(in indices: NodeIndices) throws -> IndexService {
        do {
            let known = try indices.index(index)
            if definition != nil {
                throw CommandFailure(
                    .usage,
                    "--definition: the index '\(index)' exists already. Leave the option out, or load into another index."
                )
            }
            return known
        } catch IndicesError.indexNotFound {
            // As a client makes it: names are checked, templates apply.
            _ = try LocalSearch(indices).ask(.put, "/" + index, try definition.map(Self.read) ?? [:])
            return try indices.index(index)
        }
    }

    private static func read(_ path: String) throws -> JSONValue {
        var lines = try LineReader(path: path)
        var text: [UInt8] = []
        while let line = try lines.next() {
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            throw CommandFailure(.badData, "\(path), line \(error.line): not JSON: \(error.reason).")
        }
    }
}
