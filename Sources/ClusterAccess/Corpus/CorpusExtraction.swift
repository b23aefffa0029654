public import JSON

/// Reads the documents of an index into a corpus file: one `{"id", "text"}` or `{"id", "title", "text"}` a line.
///
/// The index is read at a point in time, or by a scroll where the cluster has no points in time. If it has more documents than are wanted, a sample
/// is drawn: those whose hashes of seed and id are the smallest, so that the same index and seed give the same file byte for byte, however
/// shards and segments lie. If the name stands for several indices, ids are those of `INDEX/ID`. Ids with control characters, which files of judgements cannot hold,
/// are left out and counted. Memory grows with the sample and not with the index; texts wait in a temporary file.
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
        try check(on: cluster)
        let record = CorpusRecord(corpus: path, settings: settings(of: cluster))
        if let report = record.found() { return report }
        let report = try await cancellable { try await extract(from: cluster, to: path, progress) }
        try record.write(report)
        return report
    }

    private func check(on cluster: any SearchCluster) throws(ClusterError) {
        func bad(_ reason: String, _ advice: String) -> ClusterError { cluster.error(.badSetting, reason, advice) }
        guard !index.isEmpty else { throw bad("no index is named", "Name one.") }
        guard maximum > 0, maximum >= minimum else {
            throw bad("[max_documents] is \(maximum); a corpus needs at least \(max(minimum, 1))", "Ask for more.")
        }
        guard (1...10_000).contains(batch) else {
            throw bad("a batch of \(batch) documents", "Ask for 1 to 10000 at a time.")
        }
        guard textLimit > 0 else { throw bad("texts of at most \(textLimit) bytes", "Allow more.") }
        guard textFields?.isEmpty != true else { throw bad("[text_field] is an empty list", "Name a field, or none.") }
    }

    /// All that decides what the file holds.
    private func settings(of cluster: any SearchCluster) -> JSONValue {
        [
            "cluster": .string(cluster.name), "index_name": .string(index),
            "text_field": textFields.map { .array($0.map { .string($0) }) } ?? .null,
            "title_field": titleField.map { .string($0) } ?? .null, "query": query ?? .null,
            "max_documents": .number(JSONNumber(maximum)), "seed": .number(JSONNumber(seed)),
            "text_limit": .number(JSONNumber(textLimit)),
        ]
    }

    private func extract(
        from cluster: any SearchCluster, to path: String, _ progress: @Sendable (ClusterProgress) -> Void
    ) async throws -> CorpusReport {
        let mappings = try await cluster.ask(ClusterRequest("GET", ClusterRequest.path(index) + "/_mapping"))
        let mapped = TextFields.of(mappings: mappings)
        // Documents of several indices may have one id and nothing else in common.
        let isShared = (mappings.object?.count ?? 0) > 1
        let fields = textFields ?? mapped.filter { $0 != titleField }
        guard !fields.isEmpty || titleField != nil else {
            throw cluster.error(
                .unsupported, "[\(index)] has no field of the type text",
                "Name the field with the text by text_field.")
        }
        let reader = IndexReader(
            cluster: cluster, index: index, query: query, fields: fields + (titleField.map { [$0] } ?? []),
            keepAlive: keepAlive, batch: batch)
        let text = DocumentText(textFields: fields, titleField: titleField, limit: textLimit)
        let sample = try CorpusSample(target: path, maximum: maximum, seed: seed)
        var read = 0
        var skipped: [String: Int] = [:]
        try await reader.read { hits, total in
            for hit in hits {
                guard let id = hit["_id"]?.string else {
                    throw cluster.error(.malformedReply, "a hit of [\(index)] has no [_id]")
                }
                let origin = hit["_index"]?.string ?? ""
                read += 1
                if !CorpusSample.isUsable(id: id) {
                    skipped["unusable_id", default: 0] += 1
                } else if let source = hit["_source"] {
                    if let content = text.content(of: source) {
                        try sample.add(id: isShared ? "\(origin)/\(id)" : id, content, origin: origin)
                    } else {
                        skipped["no_text", default: 0] += 1
                    }
                } else {
                    skipped["no_source", default: 0] += 1
                }
            }
            progress(ClusterProgress("reading \(index)", done: read, total: total))
        }
        var report = try sample.write(minimum: minimum)
        report.read = read
        report.textFields = fields
        report.skipped.merge(skipped) { $0 + $1 }
        guard report.documents >= minimum else { throw tooFew(report, mapped, cluster) }
        return report
    }

    private func tooFew(_ report: CorpusReport, _ mapped: [String], _ cluster: any SearchCluster) -> ClusterError {
        let known = mapped.isEmpty ? "none" : mapped.prefix(20).joined(separator: ", ")
        let advice =
            report.read < minimum
            ? (query == nil ? "Index more documents." : "Widen the query, or index more documents.")
            : "Name fields that hold text; the mapping's text fields are: \(known)."
        return cluster.error(
            .unsupported,
            "[\(index)] has \(report.read) documents, \(report.documents) of them with text in [\(report.textFields.joined(separator: ", "))]; a corpus needs at least \(minimum)",
            advice)
    }
}
