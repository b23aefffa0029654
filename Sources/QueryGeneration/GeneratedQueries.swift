import JSON
import ModelFiles
public import NegativeMining
public import Relevance

/// Pairs that were made of a collection.
public struct GeneratedQueries: Sendable {
    /// The collection.
    public let documents: [RetrievalDataset.Document]
    /// The pairs that are kept, in an order drawn by the seed.
    public let pairs: [GeneratedQuery]
    /// How many were made and dropped.
    public let report: GenerationReport

    /// Writes JSON lines with `query`, `positive` (the document side of the pair), and, with ids, `doc_id` and `type` (how the query was made).
    ///
    /// - Throws: ``MiningError/Code/cannotWrite``.
    public func write(to path: String, withIDs: Bool = true) throws(MiningError) {
        var writer = JSONWriter()
        for pair in pairs {
            writer.beginObject()
            if withIDs {
                writer.key("doc_id")
                writer.value(documents[pair.document].id)
                writer.key("type")
                writer.value(pair.kind.rawValue)
            }
            writer.key("query")
            writer.value(pair.query)
            writer.key("positive")
            writer.value(pair.text)
            writer.endObject()
            writer.endLine()
        }
        try Self.write(writer.bytes, to: path)
    }

    /// Writes a tab-separated table with a header line: `query`, `corpus-id`, `kind`; blanks and line breaks in queries become one
    /// blank.
    ///
    /// - Throws: ``MiningError/Code/cannotWrite``.
    public func writeTable(to path: String) throws(MiningError) {
        var text = "query\tcorpus-id\tkind\n"
        for pair in pairs {
            let query = pair.query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            text += "\(query)\t\(documents[pair.document].id)\t\(pair.kind.rawValue)\n"
        }
        try Self.write(Array(text.utf8), to: path)
    }

    /// Writes JSON lines with what became of each query: `doc_id`, `type`, `query`, `kept`, and of those that were dropped the `reason`.
    ///
    /// - Throws: ``MiningError/Code/cannotWrite``.
    public func writeRecord(to path: String) throws(MiningError) {
        var writer = JSONWriter()
        func line(_ document: String, _ kind: GeneratedQuery.Kind, _ query: String, _ reason: GenerationReport.Reason?)
        {
            writer.beginObject()
            writer.key("doc_id")
            writer.value(document)
            writer.key("type")
            writer.value(kind.rawValue)
            writer.key("query")
            writer.value(query)
            writer.key("kept")
            writer.value(reason == nil)
            if let reason {
                writer.key("reason")
                writer.value(reason.rawValue)
            }
            writer.endObject()
            writer.endLine()
        }
        for pair in pairs { line(documents[pair.document].id, pair.kind, pair.query, nil) }
        for query in report.droppedQueries { line(query.document, query.kind, query.query, query.reason) }
        try Self.write(writer.bytes, to: path)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(MiningError) {
        do {
            try ReplacedFile.write(bytes, to: path)
        } catch {
            throw MiningError(
                .cannotWrite, "\(path): \(error.reason)", advice: "Check the folder and the space on the disk")
        }
    }
}
