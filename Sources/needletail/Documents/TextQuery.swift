import JSON

/// A text looked for in some fields, the best of which counts.
struct TextQuery {
    /// The query in OpenSearch's language.
    let json: JSONValue

    /// - Parameter fields: names separated by commas, boosts behind a `^`; all text fields if nil.
    init(_ text: String, fields: String?) {
        let names = fields.map { $0.split(separator: ",").map { JSONValue.string(String($0)) } } ?? ["*"]
        json = ["multi_match": ["query": .string(text), "fields": .array(names), "lenient": true]]
    }
}
