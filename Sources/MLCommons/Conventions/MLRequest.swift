public import JSON

/// What an operation is asked, without a transport.
public struct MLRequest: Sendable {
    /// Parts of the path and of the query by name; the path wins.
    public let parameters: [String: String]
    /// The body; empty if there was none.
    public let body: [UInt8]

    /// A request.
    public init(parameters: [String: String] = [:], body: [UInt8] = []) {
        self.parameters = parameters
        self.body = body
    }

    /// A part of the path, which is there because the path matched.
    func path(_ name: String) -> String { parameters[name] ?? "" }

    /// A parameter that is true or false; given without a value it is true.
    func flag(_ name: String) throws(MLError) -> Bool {
        switch parameters[name] {
        case nil, "false": return false
        case "true", "": return true
        case let text?:
            throw .illegalArgument("Failed to parse value [\(text)] as only [true] or [false] are allowed.")
        }
    }

    /// The fields of the body; none without a body.
    ///
    /// - Throws: `JSONError` for what is not JSON, ``MLError`` for what is no object.
    func fields() throws -> Fields {
        guard !body.isEmpty else { return Fields([:]) }
        let value = try JSONValue(parsing: body)
        guard let object = value.object else {
            throw MLError.parsing("the body is \(value.typeName), and an object was expected")
        }
        return Fields(object)
    }

    /// The fields of the body, which must be there.
    func requiredFields() throws -> Fields {
        guard !body.isEmpty else { throw MLError(400, "parse_exception", "request body is required") }
        return try fields()
    }
}

/// What an operation answers.
public struct MLReply: Sendable {
    /// The body.
    public enum Content: Sendable {
        /// A document.
        case document(JSONValue)
        /// The text of a document in JSON, already written: what has many numbers.
        case json([UInt8])
        /// A page of HTML.
        case page(String)
    }

    /// The HTTP status.
    public let status: Int
    /// The body.
    public let content: Content

    init(_ document: JSONObject, status: Int = 200) {
        self.status = status
        content = .document(.object(document))
    }

    init(page: String) {
        status = 200
        content = .page(page)
    }

    init(json: [UInt8]) {
        status = 200
        content = .json(json)
    }
}
