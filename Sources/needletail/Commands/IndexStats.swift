import ArgumentParser
import ClusterState
import Indices
import JSON

/// `needletail index stats`: what lies in a data folder.
struct IndexStats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Tell which indices there are, how many documents they hold and what they take.",
        discussion: """
            Example:
              needletail index stats --data ./data
            """
    )

    @Argument(help: ArgumentHelp("Indices; all unless said.", valueName: "index"))
    var indices: [String] = []

    @OptionGroup var data: DataOptions

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    func run() throws {
        let rows = try data.withIndices { node in
            let known = node.metadata.current.indices
            for name in indices where known[name] == nil { throw IndicesError.indexNotFound(name) }
            let names = indices.isEmpty ? known.keys.sorted() : indices
            return names.compactMap { known[$0] }.map { ($0, try? node.index($0.name).statistics) }
        }
        let output = StandardOutput()
        switch format.resolved {
        case .table: try output.write(Self.table(rows))
        case .jsonl: for row in rows { try output.write(Self.line(row.0, row.1)) }
        }
        try output.flush()
    }

    private static func table(_ rows: [(IndexMetadata, IndexStatistics?)]) -> String {
        guard !rows.isEmpty else { return "no indices\n" }
        var table = TextTable([
            .init("index"), .init("state"), .init("documents", .right), .init("segments", .right),
            .init("deleted in them", .right), .init("database", .right), .init("uuid"),
        ])
        for (index, statistics) in rows {
            let state = statistics != nil ? "open" : index.isOpen ? "unreadable" : "closed"
            table.add([
                .init(index.name, .bold), .init(state, state == "unreadable" ? .red : nil),
                .init(statistics.map { Numbers.grouped($0.documents) } ?? ""),
                .init(statistics.map { Numbers.bytes($0.bytes - $0.documentBytes) } ?? ""),
                .init(statistics.map { Numbers.grouped($0.deletedInSegments) } ?? ""),
                .init(statistics.map { Numbers.bytes($0.documentBytes) } ?? ""), .init(index.uuid, .dim),
            ])
        }
        return table.rendered(for: .output)
    }

    private static func line(_ index: IndexMetadata, _ statistics: IndexStatistics?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("index")
        writer.value(index.name)
        writer.key("uuid")
        writer.value(index.uuid)
        writer.key("open")
        writer.value(index.isOpen)
        if let statistics {
            for (key, value) in [
                ("documents", statistics.documents), ("deleted_in_segments", statistics.deletedInSegments),
                ("bytes", statistics.bytes), ("document_bytes", statistics.documentBytes),
                ("max_seq_no", Int(statistics.maximumSeqNo)), ("committed_seq_no", Int(statistics.committedSeqNo)),
            ] {
                writer.key(key)
                writer.value(value)
            }
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }
}
