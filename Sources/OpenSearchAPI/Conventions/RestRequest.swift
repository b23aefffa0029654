internal import Access
internal import HTTPTypes
internal import JSON
internal import Querying
internal import Routing

/// A request with its parameters as OpenSearch understands them.
///
/// Parts of the path and of the query are one set of names; the path wins.
struct RestRequest: Sendable {
    /// The request.
    let http: APIRequest
    /// Parts of the path and of the query by name.
    let values: [String: String]

    static let opaqueID = HTTPField.Name("X-Opaque-Id")!

    init(_ http: APIRequest) {
        self.http = http
        var values: [String: String] = [:]
        for item in http.query.items { values[item.name] = item.value }
        for (name, value) in http.parameters { values[name] = value }
        self.values = values
    }

    /// Who sends it, and what they may do; nil: access is not checked, and everything is allowed.
    var caller: Caller? { http.caller }

    // MARK: Parameters

    /// The value of a parameter; nil if it was not given or is empty.
    func text(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// Whether a parameter was given, even without a value.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// A parameter that is true or false; given without a value it is true.
    func flag(_ name: String, default fallback: Bool = false) throws(OpenSearchError) -> Bool {
        try optionalFlag(name) ?? fallback
    }

    /// A parameter that is true or false; nil if it was not given.
    func optionalFlag(_ name: String) throws(OpenSearchError) -> Bool? {
        guard let value = values[name] else { return nil }
        return try Self.boolean(value)
    }

    /// A word for true or false.
    static func boolean(_ text: String) throws(OpenSearchError) -> Bool {
        switch text {
        case "true", "": return true
        case "false": return false
        default:
            throw .illegalArgument("Failed to parse value [\(text)] as only [true] or [false] are allowed.")
        }
    }

    /// A whole number.
    func integer(_ name: String) throws(OpenSearchError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int32(text) else {
            throw .illegalArgument(
                "Failed to parse int parameter [\(name)] with value [\(text)]", causedBy: [.numberFormat(text)])
        }
        return Int(number)
    }

    /// A whole number of 64 bits.
    func long(_ name: String) throws(OpenSearchError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text) else {
            throw .illegalArgument(
                "Failed to parse long parameter [\(name)] with value [\(text)]", causedBy: [.numberFormat(text)])
        }
        return number
    }

    /// A number.
    func number(_ name: String) throws(OpenSearchError) -> Double? {
        guard let text = text(name) else { return nil }
        guard let number = Double(text) else {
            throw .illegalArgument(
                "Failed to parse float parameter [\(name)] with value [\(text)]", causedBy: [.numberFormat(text)])
        }
        return number
    }

    /// Values between commas.
    func list(_ name: String) -> [String]? {
        text(name).map { $0.split(separator: ",").map { String($0.trimmed) } }
    }

    /// A span of time (`30s`).
    func time(_ name: String) throws(OpenSearchError) -> Duration? {
        guard let text = text(name) else { return nil }
        return try TimeValue.read(text, setting: name)
    }

    /// One of some words.
    func choice(_ name: String, _ words: [String]) throws(OpenSearchError) -> String? {
        guard let text = text(name) else { return nil }
        guard words.contains(text) else {
            throw .illegalArgument(
                "unknown value for parameter [\(name)] was [\(text)], expected one of [\(words.joined(separator: ", "))]"
            )
        }
        return text
    }

    /// A part of the path, which is there because the route matched.
    func path(_ name: String) -> String { values[name] ?? "" }

    /// Whether sizes and times are also told for people.
    var isHuman: Bool { values["human"].map { $0 != "false" } ?? false }

    // MARK: Body

    /// The body or, where none was sent, the parameter `source`.
    var content: [UInt8] {
        if !http.body.isEmpty { return http.body }
        return values["source"].map { Array($0.utf8) } ?? []
    }

    /// Whether there is something to read.
    var hasContent: Bool { !content.isEmpty }

    /// The document of the body; nil without a body.
    func document() throws(OpenSearchError) -> JSONValue? {
        let bytes = content
        guard !bytes.isEmpty else { return nil }
        return try Self.parse(bytes)
    }

    /// The object of the body; an empty one without a body.
    func object() throws(OpenSearchError) -> JSONObject {
        guard let document = try document() else { return JSONObject() }
        guard let object = document.object else {
            throw .parsing("Expected [START_OBJECT] but found [\(document.token)]")
        }
        return object
    }

    /// The object of the body, which must be there.
    func requiredObject() throws(OpenSearchError) -> JSONObject {
        guard hasContent else { throw OpenSearchError(400, "parse_exception", "request body is required") }
        return try object()
    }

    /// Reads a text as JSON.
    static func parse(_ bytes: [UInt8]) throws(OpenSearchError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes, limits: JSONLimits(maximumDepth: 512))
        } catch {
            throw fault(of: error)
        }
    }

    /// What broken JSON leads to.
    static func fault(of error: JSONError) -> OpenSearchError {
        let place: [(key: String, value: JSONValue)] = [
            ("line", .number(JSONNumber(error.line))), ("col", .number(JSONNumber(error.column))),
        ]
        return OpenSearchError(
            400, "parsing_exception", "Failed to parse the request's body", place,
            causedBy: [OpenSearchError(400, "json_parse_exception", error.description)])
    }
}

extension StringProtocol {
    /// The text without spaces around it.
    var trimmed: SubSequence {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return rest
    }
}

extension JSONValue {
    /// The name of the token with which the value begins, as OpenSearch's parsers call it.
    var token: String {
        switch self {
        case .null: "VALUE_NULL"
        case .bool: "VALUE_BOOLEAN"
        case .number: "VALUE_NUMBER"
        case .string: "VALUE_STRING"
        case .array: "START_ARRAY"
        case .object: "START_OBJECT"
        }
    }
}
