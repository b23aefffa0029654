import ArgumentParser
import DocumentStore
import Indices
import JSON

/// `needletail index export`: the documents of an index as JSON lines.
struct IndexExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the documents of an index as JSON lines, which 'index load' reads.",
        discussion: """
            Each line is a document's source with '_id' in front, and '_routing' where it has one, in the order in which documents were last written.

            Examples:
              needletail index export products --data ./data > products.jsonl
              needletail index export products --data ./data | gzip > products.jsonl.gz
            """
    )

    @Argument(help: ArgumentHelp("The index.", valueName: "index"))
    var index: String

    @OptionGroup var data: DataOptions

    func run() throws {
        try data.withIndices { node in
            let service = try node.index(index)
            let output = StandardOutput()
            let progress = ProgressLine("exporting")
            let total = service.statistics.documents
            var done = 0
            var last: Int64 = -1
            while true {
                let operations = try service.documents.operations(after: last)
                guard let end = operations.last?.seqNo else { break }
                let stored = operations.compactMap { operation -> StoredDocument? in
                    if case .stored(let document) = operation.effect { document } else { nil }
                }
                // Documents that were replaced or deleted since may still be there for readers of an earlier point in time.
                let current = try service.documents.seqNos(ofIDs: stored.map(\.id), notAfter: .max)
                for (document, seqNo) in zip(stored, current) where document.seqNo == seqNo {
                    try output.write(Self.line(document))
                    done += 1
                }
                progress.show(done, of: total)
                last = end
            }
            progress.finish()
            try output.flush()
        }
    }

    /// The source with its metadata in front; sources are objects, as nothing else was taken.
    static func line(_ document: StoredDocument) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: document.source.count + document.id.utf8.count + 16)
        writer.beginObject()
        writer.key("_id")
        writer.value(document.id)
        if let routing = document.routing {
            writer.key("_routing")
            writer.value(routing)
        }
        var line = writer.bytes
        let rest = document.source.drop { $0 != UInt8(ascii: "{") }.dropFirst()
        let isEmpty = rest.first { $0 > 0x20 } == UInt8(ascii: "}")
        if !isEmpty { line.append(UInt8(ascii: ",")) }
        // A source may hold line ends between its tokens, never inside a string.
        for byte in rest { line.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
        line.append(0x0A)
        return line
    }
}
