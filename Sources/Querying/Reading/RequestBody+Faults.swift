import JSON

/// Errors with the place of a value.
extension RequestBody {
    /// A `parsing_exception` at a value.
    package func parsing(_ node: RequestNode, _ reason: String) -> SearchError {
        parsing(at: node.offset, reason)
    }

    /// A `parsing_exception` at a byte.
    package func parsing(at offset: Int, _ reason: String, cause: SearchError? = nil) -> SearchError {
        let place = place(of: offset)
        return SearchError(
            type: "parsing_exception", reason: reason, line: place.line, column: place.column, cause: cause)
    }

    /// An `x_content_parse_exception`, which carries its place in its reason.
    package func content(at place: (line: Int, column: Int), _ reason: String, cause: SearchError? = nil) -> SearchError
    {
        SearchError(
            type: "x_content_parse_exception", reason: "[\(place.line):\(place.column)] \(reason)", cause: cause)
    }

    /// An `x_content_parse_exception` at a value.
    package func content(_ node: RequestNode, _ reason: String, cause: SearchError? = nil) -> SearchError {
        content(at: place(of: node.offset), reason, cause: cause)
    }

    /// The error of a declarative parser for a key that it does not know.
    package func unknownField(_ member: RequestNode.Member, in name: String, candidates: [String]) -> SearchError {
        content(
            at: keyPlace(of: member),
            "[\(name)] unknown field [\(member.key)]\(Suggestion.text(for: member.key, among: candidates))")
    }

    /// What a declarative parser makes of a fault inside one of its fields.
    package func failed(_ field: String, in name: String, at node: RequestNode, _ cause: SearchError) -> SearchError {
        var spot = place(of: node.offset)
        if let line = cause.line, let column = cause.column { spot = (line, column) }
        return content(at: spot, "[\(name)] failed to parse field [\(field)]", cause: cause)
    }
}

/// Typed values, converted as OpenSearch's reader converts them (numbers and booleans may be strings).
extension RequestBody {
    package func bool(_ node: RequestNode) throws -> Bool {
        switch node.content {
        case .bool(let value): return value
        case .string("true"): return true
        case .string("false"): return false
        case .string(let text):
            throw SearchError.illegalArgument(
                "Failed to parse value [\(text)] as only [true] or [false] are allowed.")
        default:
            throw SearchError(type: "json_parse_exception", reason: "Current token (\(node.token)) not of boolean type")
        }
    }

    package func double(_ node: RequestNode) throws -> Double {
        switch node.content {
        case .number(let value): return value.double
        case .string(let text):
            if let value = Double(text.trimmed) { return value }
            throw SearchError(type: "number_format_exception", reason: "For input string: \"\(text)\"")
        default:
            throw SearchError(
                type: "json_parse_exception",
                reason: "Current token (\(node.token)) not numeric, can not use numeric value accessors")
        }
    }

    package func float(_ node: RequestNode) throws -> Float { Float(try double(node)) }

    package func int(_ node: RequestNode) throws -> Int {
        if case .number(let value) = node.content, let int = value.int {
            if Int32(exactly: int) != nil { return int }
            throw SearchError.illegalArgument(
                "Numeric value (\(int)) out of range of int (-2147483648 - 2147483647)")
        }
        let value = try double(node)
        if case .string(let text) = node.content, Int(text) == nil, value != value.rounded() {
            throw SearchError(type: "number_format_exception", reason: "For input string: \"\(text)\"")
        }
        guard value == value.rounded(.towardZero) else {
            throw SearchError.illegalArgument(
                "\(node.text ?? "value") cannot be converted to Integer without data loss")
        }
        guard abs(value) <= 2_147_483_648 else {
            throw SearchError.illegalArgument("Value [\(node.text ?? "")] is out of range for an integer")
        }
        return Int(value)
    }

    package func long(_ node: RequestNode) throws -> Int {
        if case .number(let value) = node.content, let int = value.int { return int }
        if case .string(let text) = node.content, let int = Int(text) { return int }
        let value = try double(node)
        guard value == value.rounded(.towardZero), abs(value) < 9.2e18 else {
            throw SearchError.illegalArgument("Value [\(node.text ?? "")] is out of range for a long")
        }
        return Int(value)
    }

    /// The text of a scalar; an error for anything else.
    package func text(_ node: RequestNode) throws -> String {
        guard let text = node.text else {
            throw SearchError(
                type: "illegal_state_exception",
                reason:
                    "Can't get text on a \(node.token) at \(place(of: node.offset).line):\(place(of: node.offset).column)"
            )
        }
        return text
    }

    /// The text of a scalar; `nil` for `null`.
    package func textOrNull(_ node: RequestNode) throws -> String? { node.isNull ? nil : try text(node) }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
