import JSON

/// The query that passages are scored for: `ext.rerank.query_context` of a search.
///
/// Source: neural-search's `QueryContextSourceFetcher`; texts of faults are its.
enum RerankQuery {
    private static let name = "query_context"
    private static let textName = "query_text"
    private static let pathName = "query_text_path"
    private static let maximumPathLength = 1000
    /// `index.mapping.depth.limit`.
    private static let maximumPathDepth = 20

    /// The text.
    ///
    /// - Parameters:
    ///   - rerank: `ext.rerank`.
    ///   - bodies: bodies of the search in which a path is looked for, the first first.
    /// - Throws: ``PipelineError``.
    static func text(_ rerank: JSONValue?, in bodies: [JSONObject]) throws(PipelineError) -> String {
        guard let context = rerank?[name] else {
            throw .illegalArgument(
                rerank?.object == nil
                    ? "must specify \(name): a search that is reranked has {\"ext\": {\"rerank\": {\"\(name)\": {\"\(textName)\": ...}}}}"
                    : "must specify \(name)")
        }
        guard let members = context.object else { throw .illegalArgument("\(name) must be a map") }
        if let value = members[textName] {
            if members[pathName] != nil {
                throw .illegalArgument("Cannot specify both \"\(textName)\" and \"\(pathName)\"")
            }
            guard let text = value.string else { throw .illegalArgument("\(textName) must be a string") }
            return text
        }
        guard let value = members[pathName] else {
            throw .illegalArgument("Must specify either \"\(textName)\" or \"\(pathName)\"")
        }
        guard let path = value.string else { throw .illegalArgument("\(pathName) must be a string") }
        let keys = path.split(separator: ".").map(String.init)
        if path.utf16.count > maximumPathLength {
            throw .illegalArgument(
                "\(pathName) exceeded the maximum path length of \(maximumPathLength) characters")
        }
        if keys.count > maximumPathDepth {
            throw .illegalArgument(
                "\(pathName) exceeded the maximum path length of \(maximumPathDepth) nested fields")
        }
        for body in bodies {
            if let text = find(keys[...], in: .object(body)) { return text }
        }
        throw .illegalArgument("\(pathName) must point to a string field")
    }

    /// A text by its path; numbers count elements of lists.
    ///
    /// OpenSearch looks in the search as it writes it itself, where the short form of a query is the long one. So the members that
    /// hold the text there lead to the text of the short form.
    private static func find(_ keys: ArraySlice<String>, in value: JSONValue) -> String? {
        guard let key = keys.first else { return value.string }
        switch value {
        case .object(let object):
            // Names of fields may have dots.
            for count in keys.indices.map({ keys.distance(from: keys.startIndex, to: $0) + 1 }) {
                guard let inner = object[keys.prefix(count).joined(separator: ".")] else { continue }
                return find(keys.dropFirst(count), in: inner)
            }
            return nil
        case .array(let elements):
            guard let index = Int(key), elements.indices.contains(index) else { return nil }
            return find(keys.dropFirst(), in: elements[index])
        case .string(let text): return keys.count == 1 && ["query", "value", "wildcard"].contains(key) ? text : nil
        default: return nil
        }
    }
}
