public import JSON

/// One thing that a connector can ask of its service: a request with places for parameters, and how texts come in and out.
///
/// Source: `ConnectorAction` of ML Commons.
public struct ConnectorAction: Sendable, Hashable {
    /// What an action is for.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Answers predictions; the one kind that this server calls.
        case predict = "PREDICT"
        /// Runs a tool.
        case execute = "EXECUTE"
        /// Begins a batch job.
        case batchPredict = "BATCH_PREDICT"
        /// Ends a batch job.
        case cancelBatchPredict = "CANCEL_BATCH_PREDICT"
        /// Asks for a batch job.
        case batchPredictStatus = "BATCH_PREDICT_STATUS"
    }

    /// What the action is for.
    public let kind: Kind
    /// Tells actions of one kind apart; nil without a name.
    public let name: String?
    /// The HTTP method in upper case.
    public let method: String
    /// The address, with places for parameters.
    public let url: String
    /// Headers, with places for credentials and parameters.
    public let headers: [String: String]
    /// The body, with places for parameters; nil means the parameter `http_body`.
    public let body: String?
    /// Makes parameters of texts: the name of a function that is built in, or a script.
    public let preProcess: String?
    /// Makes tensors of an answer: the name of a function that is built in, or a script.
    public let postProcess: String?

    /// Methods that a call can have.
    static let methods: Set<String> = ["GET", "POST", "PUT"]
    /// The longest template in bytes.
    static let longestTemplate = 1 << 20

    init(_ value: JSONValue, place: String) throws(ConnectorError) {
        let fields = try ConnectorFields(value, place: place)
        guard let type = try fields.text("action_type") else { throw .illegalArgument("action type can't be null") }
        guard let kind = Kind(rawValue: type.uppercased()) else {
            throw .illegalArgument("Wrong Action Type of \(type.prefix(100))")
        }
        guard let url = try fields.text("url") else { throw .illegalArgument("url can't be null") }
        guard let method = try fields.text("method")?.uppercased() else {
            throw .illegalArgument("method can't be null")
        }
        guard Self.methods.contains(method) else { throw .illegalArgument("unsupported http method") }
        self.kind = kind
        self.url = url
        self.method = method
        name = try fields.text("name")
        headers = try fields.texts("headers") ?? [:]
        body = try fields.text("request_body")
        preProcess = try fields.text("pre_process_function")
        postProcess = try fields.text("post_process_function")
        try checkName()
        for (header, value) in headers where !Self.isHeader(header, value) {
            throw .illegalArgument(
                "[\(place).headers] has the header [\(header.prefix(100))], whose name or value holds characters that no header can have"
            )
        }
        for (field, text) in [
            ("url", url), ("request_body", body), ("pre_process_function", preProcess),
            ("post_process_function", postProcess),
        ] where (text?.utf8.count ?? 0) > Self.longestTemplate {
            throw .illegalArgument("[\(place).\(field)] has more than \(Self.longestTemplate) bytes")
        }
        // Scripts with places for parameters can be read only when those are known.
        for script in [preProcess, postProcess] {
            if let script, !ProcessFunctions.isBuiltIn(script), !script.contains("${parameters.") {
                _ = try ConnectorScript(script)
            }
        }
    }

    private func checkName() throws(ConnectorError) {
        guard let name else { return }
        guard name.utf8.count <= 64 else {
            throw .illegalArgument("Action name exceeds maximum length of 64 characters")
        }
        guard !name.isEmpty, name.utf8.allSatisfy({ Self.isWord($0) }) else {
            throw .illegalArgument(
                "Action name contains invalid characters. Only alphanumeric characters, hyphens, and underscores are allowed"
            )
        }
        guard Kind(rawValue: name.uppercased()) == nil else {
            throw .illegalArgument(
                "name can't be one of action type [\(Kind.allCases.map(\.rawValue).joined(separator: ", "))]")
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
            || byte == 0x5F
    }

    /// Whether name and value can stand in a request: nothing may end the line or begin another header.
    static func isHeader(_ name: String, _ value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// As answers show it.
    public var document: JSONObject {
        var document: JSONObject = [
            "action_type": .string(kind.rawValue), "method": .string(method), "url": .string(url),
        ]
        if !headers.isEmpty { document["headers"] = .object(ConnectorDefinition.sorted(headers)) }
        if let body { document["request_body"] = .string(body) }
        if let preProcess { document["pre_process_function"] = .string(preProcess) }
        if let postProcess { document["post_process_function"] = .string(postProcess) }
        if let name { document["name"] = .string(name) }
        return document
    }
}
