import JSON

/// The `text` fields of mappings.
enum TextFields {
    /// Types whose values are prose.
    private static let types: Set<String> = ["text", "match_only_text"]

    /// The paths of all text fields of a reply to `GET INDEX/_mapping`, in the order of their names, each once.
    ///
    /// Subfields (`fields`) hold the same values again and are left out.
    static func of(mappings reply: JSONValue) -> [String] {
        var found: Set<String> = []
        for (_, index) in reply.object ?? [:] { collect(index["mappings"], "", into: &found) }
        return found.sorted()
    }

    private static func collect(_ mapping: JSONValue?, _ prefix: String, into found: inout Set<String>) {
        for (name, field) in mapping?["properties"]?.object ?? [:] {
            if let type = field["type"]?.string, types.contains(type) { found.insert(prefix + name) }
            collect(field, prefix + name + ".", into: &found)
        }
    }
}
