public import JSON

/// Reads the documents of an index into a corpus file: one `{"id", "text"}` or `{"id", "title", "text"}` a line.
///
/// The index is read at a point in time, or by a scroll where the cluster has no points in time. If it has more documents than are wanted, a sample
/// is drawn: those whose hashes of seed and id are the smallest, so that the same index and seed give the same file byte for byte, however
/// shards and segments lie. Memory grows with the sample and not with the index; texts wait in a temporary file.
public struct CorpusExtraction: Sendable {
    /// The index, an alias or a pattern.
    public var index: String
    /// The fields whose values make the text, as paths (`body`, `author.bio`), in this order; nil for all `text` fields of the mapping.
    public var textFields: [String]?
    /// The field whose value is the title; nil for none.
    public var titleField: String?
    /// Which documents are meant, in OpenSearch's query language; nil for all.
    public var query: JSONValue?
    /// How many documents at most.
    public var maximum: Int
    /// Chooses the sample.
    public var seed: UInt64
    /// Documents in a request.
    public var batch = 1000
    /// How long the cluster keeps the point in time after each request, in OpenSearch's words.
    public var keepAlive = "5m"
    /// Bytes of a text at most; longer ones are cut and counted.
    public var textLimit = 100_000
    /// How many documents a corpus needs.
    public var minimum = 2

    /// An extraction.
    public init(
        index: String, textFields: [String]? = nil, titleField: String? = nil, query: JSONValue? = nil,
        maximum: Int = 20_000, seed: UInt64 = 42
    ) {
        self.index = index
        self.textFields = textFields
        self.titleField = titleField
        self.query = query
        self.maximum = maximum
        self.seed = seed
    }

    /// Reads the documents and writes the file, all of it or nothing.
    ///
    /// A repeated call with the same settings finds its own file by the report beside it (`documents.json` beside `documents.jsonl`) and asks the
    /// cluster nothing; one that was interrupted begins anew.
    ///
    /// - Parameters:
    ///   - path: The file to be, `raw-corpus/documents.jsonl` of a run; its folder has to be there.
    ///   - progress: Is told how far it is, after every request.
    /// - Throws: ``ClusterError`` if the cluster or its index are at fault, `RelevanceError` for a corpus that is too small, a file that cannot be written,
    ///   `CancellationError`. A file that was there before stays as it was.
    public func run(
        on cluster: any SearchCluster, to path: String, progress: @Sendable (ClusterProgress) -> Void = { _ in }
    ) async throws -> CorpusReport {
        throw ClusterError(.unsupported, cluster: cluster.name, reason: "extraction is not there yet")
    }
}
