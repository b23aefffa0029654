import ArgumentParser
import DocumentStore
import HTTPTypes
import Indices
import JSON

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

            With --embed and --sparse, models turn the texts of each document into vectors: --embed FIELD=MODEL fills FIELD with dense \
            vectors, --sparse FIELD=MODEL with weighted tokens, each as often as there are models. Encoded is title and text of a document, \
            joined by a blank, or the fields behind a colon: FIELD=MODEL:name+description. A new index, or one without the field, gets its \
            mapping: knn_vector with the model's dimension and space, or rank_features. The vectors become a part of the documents, as when \
            OpenSearch's ingest pipelines make them; leave them out of hits with "_source": {"excludes": [...]}. A document without text \
            gets none. An interrupted load goes on where it was with --skip-existing.

            Documents that cannot be indexed are told by file and line, the others are loaded, and the exit status is 65.

            Examples:
              needletail index load packages Examples/packages/corpus.jsonl --data ./data
              zcat dump.jsonl.gz | needletail index load products - --data ./data --definition products.json
              needletail index load packages Examples/packages/corpus.jsonl --data ./data --embed vector=./all-MiniLM-L6-v2
              needletail index load products products.jsonl --data ./data --embed vector=./e5:name+description --sparse words=./splade:name
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

    @Flag(help: "Leave documents whose id the index has.")
    var skipExisting = false

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    @OptionGroup(title: "Encoding")
    var encoding: FieldModelOptions

    @OptionGroup(title: "Running the models")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["<index>": index, "--definition": definition])
        if files.isEmpty || files.contains("") { throw ValidationError("Give at least one file of documents.") }
        if !(1...100_000).contains(batch) {
            throw ValidationError("--batch must be from 1 to 100000, not \(batch).")
        }
    }

    func run() throws {
        let fields = EncodedFields(models: try LocalModels(encoding.fields, running))
        let loaded = try data.withIndices(create: true) { indices in
            let search = LocalSearch(indices)
            let service = try target(in: indices, fields, search)
            let encoding = try fields.encoding(of: index, search)
            var loading = DocumentLoading(
                into: service, batch: batch, encoding: encoding, skipsExisting: skipExisting)
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

    /// The index, made if need be, with all fields.
    private func target(
        in indices: NodeIndices, _ fields: EncodedFields, _ search: LocalSearch
    ) throws -> IndexService {
        do {
            let known = try indices.index(index)
            if definition != nil {
                throw CommandFailure(
                    .usage,
                    "--definition: the index '\(index)' exists already. Leave the option out, or load into another index."
                )
            }
            try fields.define(in: index, search)
            return known
        } catch IndicesError.indexNotFound {
            // As a client makes it: names are checked, templates apply.
            try fields.create(index, definition: try definition.map(JSONFile.read) ?? [:], search)
            return try indices.index(index)
        }
    }
}
