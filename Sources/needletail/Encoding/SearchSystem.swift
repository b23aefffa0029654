import JSON

/// A way to search an index: by words, by a field that a model fills, or by several of these at once.
struct SearchSystem {
    /// What it is called in tables and runs.
    let name: String
    private let parts: [Part]
    private let pipeline: JSONObject?

    /// One query.
    enum Part {
        /// The words of the text; in these fields, all text fields if nil.
        case words(fields: String?)
        /// What is near the text for a model.
        case model(FieldModel)

        var name: String {
            switch self {
            case .words: "bm25"
            case .model(let field): field.field
            }
        }

        func query(_ text: String, nearest: Int) -> JSONValue {
            switch self {
            case .words(let fields): return TextQuery(text, fields: fields).json
            case .model(let field):
                var settings: JSONObject = ["query_text": .string(text), "model_id": .string(field.model)]
                if field.form == .dense { settings["k"] = .number(JSONNumber(nearest)) }
                return .object([
                    field.form == .dense ? "neural" : "neural_sparse": .object([field.field: .object(settings)])
                ])
            }
        }
    }

    /// A search by one query.
    ///
    /// - Parameter name: nil: the field's name, or `bm25`.
    init(_ part: Part, name: String? = nil) {
        self.name = name ?? part.name
        parts = [part]
        pipeline = nil
    }

    /// A hybrid search.
    ///
    /// - Parameter pipeline: the search pipeline that makes one list of the parts' results.
    init(hybrid parts: [Part], pipeline: JSONObject, name: String) {
        self.name = name
        self.parts = parts
        self.pipeline = pipeline
    }

    /// The body of a search request.
    ///
    /// - Parameters:
    ///   - depth: how many results of each part take part in a hybrid search.
    func body(_ text: String, size: Int, depth: Int) -> JSONObject {
        let queries = parts.map { $0.query(text, nearest: max(1, pipeline == nil ? size : depth)) }
        var body: JSONObject = ["size": .number(JSONNumber(size))]
        if let pipeline {
            body["query"] = [
                "hybrid": ["queries": .array(queries), "pagination_depth": .number(JSONNumber(max(1, depth)))]
            ]
            body["search_pipeline"] = .object(pipeline)
        } else {
            body["query"] = queries[0]
        }
        return body
    }
}
