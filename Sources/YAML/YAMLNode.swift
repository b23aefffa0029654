public import JSON

/// A value of a YAML document and where it stands.
public struct YAMLNode: Sendable, Hashable {
    /// What a node is.
    public enum Content: Sendable, Hashable {
        /// `null`, a boolean, a number or a string.
        case scalar(JSONValue)
        /// A sequence.
        case sequence([YAMLNode])
        /// A mapping, in the order of the text; no key comes twice.
        case mapping([Entry])
    }

    /// One key of a mapping with its value.
    public struct Entry: Sendable, Hashable {
        /// The key as written, without its quotes; `8080:` has the key "8080".
        public var key: String
        /// The line of the key, from 1.
        public var line: Int
        /// The value.
        public var value: YAMLNode

        /// An entry.
        public init(key: String, line: Int, value: YAMLNode) {
            self.key = key
            self.line = line
            self.value = value
        }
    }

    /// What it is.
    public var content: Content
    /// The line on which it begins, from 1; for the value of an alias, the line of the anchor.
    public var line: Int

    /// A node.
    public init(_ content: Content, line: Int) {
        self.content = content
        self.line = line
    }

    /// The entries, if this is a mapping.
    public var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The value without its lines.
    ///
    /// Infinities and NaN are numbers here and become `null` when the value is written.
    public var json: JSONValue {
        switch content {
        case .scalar(let value): value
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let entries): .object(JSONObject(entries.map { (key: $0.key, value: $0.value.json) }))
        }
    }
}
