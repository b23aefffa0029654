/// A place in a document: members and numbers of elements with dots between, from the source or, after `_ingest.`, from what the pipeline knows.
struct DocumentPath: Sendable {
    /// As written.
    let text: String
    /// Whether it leads into the pipeline's own values.
    let isIngest: Bool
    /// The members; at least one.
    let elements: [String]

    /// Members that a path may have: documents cannot nest deeper.
    static let maximumElements = 256

    /// Reads a path as OpenSearch cuts it: nothing behind the last dot is no member.
    init(_ text: String) throws(IngestFailure) {
        guard !text.isEmpty else { throw .illegalArgument("path cannot be null nor empty") }
        self.text = text
        isIngest = text.hasPrefix("_ingest.")
        var rest = text[...]
        if isIngest { rest = rest.dropFirst(8) } else if text.hasPrefix("_source.") { rest = rest.dropFirst(8) }
        var elements = rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        while elements.count > 1, elements.last?.isEmpty == true { elements.removeLast() }
        guard elements != [""] else { throw .illegalArgument("path [\(text)] is not valid") }
        guard elements.count <= Self.maximumElements else {
            throw .illegalArgument("path [\(text.prefix(100))...] has more than \(Self.maximumElements) members")
        }
        self.elements = elements
    }
}
