public import JSON

/// What a prediction asks of a connector.
public enum ConnectorInput: Sendable, Hashable {
    /// Parameters as the service wants them; no function changes them.
    case parameters([String: String])
    /// Texts, with further parameters.
    case texts([String], [String: String])
    /// A query and texts to score for it, with further parameters.
    case pairs(query: String, texts: [String], [String: String])

    /// The parameters that came with the input.
    var own: [String: String] {
        switch self {
        case .parameters(let parameters), .texts(_, let parameters), .pairs(_, _, let parameters): parameters
        }
    }

    /// What scripts see, texts escaped as inside of a JSON string: they glue JSON together.
    var forScripts: JSONObject {
        func escaped(_ text: String) -> JSONValue {
            .string(String(decoding: JSONValue.string(text).serializedBytes().dropFirst().dropLast(), as: UTF8.self))
        }
        switch self {
        case .parameters(let parameters):
            return ["parameters": .object(ConnectorDefinition.sorted(parameters))]
        case .texts(let texts, _): return ["text_docs": .array(texts.map(escaped))]
        case .pairs(let query, let texts, _):
            return ["query_text": escaped(query), "text_docs": .array(texts.map(escaped))]
        }
    }
}

/// What one call of a service came to.
public struct ConnectorOutput: Sendable, Hashable {
    /// Tensors in OpenSearch's form: `name`, `data_type`, `shape`, `data`, or `dataAsMap`.
    public let tensors: [JSONObject]
    /// The HTTP status of the service.
    public let status: Int
}
