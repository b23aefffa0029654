import JSON
import QueryGeneration

/// The shapes of JSON in which models give queries, whatever they were asked for.
enum AnswerShape {
    /// Names of a list of queries.
    private static let lists = ["queries", "questions"]
    /// Names of a query in an object.
    static let texts = ["query", "text", "question"]

    /// The queries of a value: `{"queries": [...]}`, an array, `{"factoid": ..., "conceptual": ...}`, or a single `{"query": ...}`.
    static func queries(_ value: JSONValue) -> [AnswerText.Found] {
        switch value {
        case .array(let elements): return elements.flatMap { element($0, nil) }
        case .object(let object):
            for name in lists {
                if let list = object[name] { return queries(list) }
            }
            if texts.contains(where: { object[$0]?.string != nil }) { return element(value, nil) }
            return object.flatMap { name, value in
                guard let type = type(name) else { return [AnswerText.Found]() }
                return value.array.map { $0.flatMap { element($0, type) } } ?? element(value, type)
            }
        default: return []
        }
    }

    /// A query: a text, or an object with a text and perhaps a type.
    private static func element(_ value: JSONValue, _ type: GeneratedQuery.QueryType?) -> [AnswerText.Found] {
        if let text = value.string { return [(text, type)] }
        for name in texts {
            if let text = value[name]?.string { return [(text, value["type"]?.string.flatMap(Self.type) ?? type)] }
        }
        return []
    }

    /// The type of a name in any case: `Factoid`, `keyword query`, `conceptual_queries`.
    static func type(_ name: String) -> GeneratedQuery.QueryType? {
        guard name.utf8.count <= 40 else { return nil }
        let words = QueryText.words(name)
        return GeneratedQuery.QueryType.allCases.first { type in
            words.contains { $0 == type.rawValue || $0 == type.rawValue + "s" }
        }
    }
}
