import JSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A test collection in BEIR's folder layout: documents, queries and judgements.
///
/// `corpus.jsonl` holds `{"_id", "title", "text"}`, `queries.jsonl` holds `{"_id", "text"}`, `qrels/<split>.tsv` the judgements
/// (<https://github.com/beir-cellar/beir>). Each file may be compressed with gzip, with or without `.gz` at its name's end.
public struct RetrievalDataset: Sendable {
    /// A document of the collection.
    public struct Document: Sendable, Hashable {
        /// The id that judgements and runs name.
        public let id: String
        /// The title, empty when there is none.
        public let title: String
        /// The body.
        public let text: String

        /// A document.
        public init(id: String, title: String = "", text: String) {
            self.id = id
            self.title = title
            self.text = text
        }

        /// Title and body as one text, the way BEIR's own baselines read it: joined by a blank, ends trimmed.
        public var titleAndText: String {
            if title.isEmpty { return text }
            return text.isEmpty ? title : title + " " + text
        }
    }

    /// The folder.
    public let path: String
    /// Documents by id.
    public let documents: [String: Document]
    /// Texts of the queries by id.
    public let queries: [String: String]
    /// The judgements of the split that was asked for.
    public let judgements: Judgements

    /// Reads a folder with one split of its judgements (`train`, `dev` or `test`, by custom).
    ///
    /// - Complexity: Time and memory linear in the size of the files.
    public init(folder: String, split: String = "test") throws(RelevanceError) {
        path = folder
        var documents: [String: Document] = [:]
        try Self.forEachLine(folder + "/corpus.jsonl") { (value, line) throws(RelevanceError) in
            let document = Document(
                id: try line.string("_id", of: value), title: value["title"]?.string ?? "",
                text: try line.string("text", of: value))
            if documents.updateValue(document, forKey: document.id) != nil {
                throw line.error(
                    .duplicate, "document '\(document.id)' appears twice", "Give every document its own '_id'.")
            }
        }
        var queries: [String: String] = [:]
        try Self.forEachLine(folder + "/queries.jsonl") { (value, line) throws(RelevanceError) in
            let id = try line.string("_id", of: value)
            if queries.updateValue(try line.string("text", of: value), forKey: id) != nil {
                throw line.error(.duplicate, "query '\(id)' appears twice", "Give every query its own '_id'.")
            }
        }
        self.documents = documents
        self.queries = queries
        judgements = try Self.judgements(in: folder, split, of: queries)
    }

    /// The judgements of another split.
    ///
    /// - Throws: also when one is about a query that the collection does not have.
    public func judgements(ofSplit split: String) throws(RelevanceError) -> Judgements {
        try Self.judgements(in: path, split, of: queries)
    }

    private static func judgements(
        in folder: String, _ split: String, of queries: [String: String]
    ) throws(RelevanceError) -> Judgements {
        let judgements = try Judgements(path: LineReader.existing(folder + "/qrels/\(split).tsv"))
        for query in judgements.queries where queries[query] == nil {
            throw RelevanceError(
                .mismatch, path: folder + "/qrels/\(split).tsv",
                reason: "query '\(query)' is judged but not in queries.jsonl",
                advice: "Do both files come from the same collection?")
        }
        return judgements
    }

    private static func forEachLine(
        _ path: String, _ body: (JSONValue, LinePlace) throws(RelevanceError) -> Void
    ) throws(RelevanceError) {
        var reader = try LineReader(path: LineReader.existing(path))
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(parsing: line)
            } catch {
                throw reader.malformed(
                    "column \(error.column): \(error.reason)", advice: "Every line is one JSON object.")
            }
            try body(value, LinePlace(path: reader.path, line: reader.lineNumber))
        }
    }

    /// Where a value was read, for errors.
    private struct LinePlace {
        let path: String
        let line: Int

        func error(_ code: RelevanceError.Code, _ reason: String, _ advice: String) -> RelevanceError {
            RelevanceError(code, path: path, line: line, reason: reason, advice: advice)
        }

        func string(_ key: String, of value: JSONValue) throws(RelevanceError) -> String {
            if let text = value[key]?.string { return text }
            let found = value[key] == nil ? "is missing" : "is not a string"
            throw error(.malformedLine, "the field '\(key)' \(found)", "Every line needs a string '\(key)'.")
        }
    }
}

extension LineReader {
    /// `path`, or `path` with `.gz` when only that exists.
    package static func existing(_ path: String) -> String {
        unsafe access(path, F_OK) != 0 && access(path + ".gz", F_OK) == 0 ? path + ".gz" : path
    }
}
