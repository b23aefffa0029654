public import JSON

/// What a corpus came to: how many documents were written, out of how many, and why others were not.
public struct CorpusReport: Sendable, Hashable {
    /// Documents in the written file.
    public var documents = 0
    /// Documents that were read, or lines of the file.
    public var read = 0
    /// Documents that could have been written; more than ``documents`` if a sample was drawn.
    public var usable = 0
    /// How many were not usable, by reason: `no_text`, `no_source`, `unusable_id`, `duplicate_id`.
    public var skipped: [String: Int] = [:]
    /// How many of the usable documents had a text that was cut to the limit.
    public var cut = 0
    /// The fields of which the texts were made; empty for a file.
    public var textFields: [String] = []
    /// The SHA-256 of the written file, in hexadecimal.
    public var digest = ""
    /// The size of the written file.
    public var byteCount = 0

    /// An empty report.
    public init() {}

    /// The report as a document, for files and replies.
    public var json: JSONValue {
        [
            "documents": .number(JSONNumber(documents)), "read": .number(JSONNumber(read)),
            "usable": .number(JSONNumber(usable)),
            "skipped": .object(
                JSONObject(skipped.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) })),
            "cut": .number(JSONNumber(cut)), "text_fields": .array(textFields.map { .string($0) }),
            "sha256": .string(digest), "bytes": .number(JSONNumber(byteCount)),
        ]
    }

    /// Reads a report back; nil if the document is none.
    public init?(json: JSONValue) {
        guard let documents = json["documents"]?.int, let read = json["read"]?.int, let usable = json["usable"]?.int,
            let skipped = json["skipped"]?.object, let cut = json["cut"]?.int, let digest = json["sha256"]?.string,
            let byteCount = json["bytes"]?.int
        else { return nil }
        self.documents = documents
        self.read = read
        self.usable = usable
        for (reason, count) in skipped { self.skipped[reason] = count.int ?? 0 }
        self.cut = cut
        textFields = json["text_fields"]?.array?.compactMap(\.string) ?? []
        self.digest = digest
        self.byteCount = byteCount
    }
}
