package import JSON

/// A template in Mustache, as search templates and settings of ingest processors are written.
///
/// Variables (`{{a.b.0}}`, unescaped `{{{a}}}` and `{{&a}}`), sections, inverted sections, comments, other delimiters, and the functions
/// `toJson`, `join` (`{{#join delimiter='; '}}list{{/join delimiter='; '}}`) and `url`. Values are escaped for the inside of a JSON
/// string, those of `join` too. Partials and inheritance are refused, for there is nowhere to take them from. Lines with nothing but a tag
/// keep their line break, which JSON does not mind.
///
/// Source: mustache(5); truth of values and the functions as in OpenSearch's module `lang-mustache`.
package struct MustacheTemplate: Sendable {
    /// The longest template in bytes: OpenSearch's `script.max_size_in_bytes`.
    package static let maximumBytes = 65_535
    /// The longest text that a template may become, in bytes.
    package static let maximumOutputBytes = 10 << 20
    /// Sections inside one another at most.
    static let maximumDepth = 64

    private let nodes: [MustacheNode]

    /// Reads a template.
    package init(_ text: String) throws(MustacheError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw MustacheError("the template has \(text.utf8.count) bytes, more than \(Self.maximumBytes)")
        }
        var parser = MustacheParser(Array(text.utf8))
        nodes = try parser.nodes()
    }

    /// Puts values into the template.
    ///
    /// - Complexity: O(length of what comes out + visited tags), both bounded.
    package func render(_ parameters: JSONObject) throws(MustacheError) -> [UInt8] {
        var rendering = MustacheRendering(.object(parameters))
        try rendering.write(nodes)
        return rendering.output
    }
}

/// A piece of a template.
indirect enum MustacheNode: Sendable {
    case text(ArraySlice<UInt8>)
    case variable([String], isEscaped: Bool)
    /// Once for each element of a list, once with any other value that is there.
    case section([String], [MustacheNode])
    /// Where a section would write nothing.
    case inverted([String], [MustacheNode])
    case json([String])
    case join([String], delimiter: String)
    case url([MustacheNode])
}

/// Why a template cannot be read or filled in.
package struct MustacheError: Error {
    /// What is wrong, and where.
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}
