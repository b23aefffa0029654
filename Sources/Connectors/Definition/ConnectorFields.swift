import JSON

/// The fields of a connector as OpenSearch's parsers read them: null is absent, numbers and booleans are texts where a text is asked for.
struct ConnectorFields {
    let object: JSONObject
    /// Where the object stands, for messages: `actions[0].`.
    let place: String

    init(_ value: JSONValue, place: String = "") throws(ConnectorError) {
        guard let object = value.object else {
            throw ConnectorError(
                400, "parsing_exception", "[\(place.isEmpty ? "connector" : place)] is \(value.typeName), not an object"
            )
        }
        self.object = object
        self.place = place.isEmpty ? "" : place + "."
    }

    subscript(name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func text(_ name: String) throws(ConnectorError) -> String? {
        guard let value = self[name] else { return nil }
        switch value {
        case .string(let text): return text
        case .number(let number): return number.description
        case .bool(let flag): return flag ? "true" : "false"
        default: throw wrong(name, value, "a string")
        }
    }

    /// Texts by name; what is no text becomes JSON, as in `parameters`, if `encodes` says so.
    func texts(_ name: String, encodes: Bool = false) throws(ConnectorError) -> [String: String]? {
        guard let value = self[name] else { return nil }
        let inner = try ConnectorFields(value, place: place + name)
        var texts: [String: String] = [:]
        for (key, value) in inner.object {
            if case .string(let text) = value {
                texts[key] = text
            } else if encodes {
                texts[key] = value.serialized()
            } else if let text = try inner.text(key) {
                texts[key] = text
            }
        }
        return texts
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(ConnectorError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.int ?? value.string.flatMap({ Int($0) }), range.contains(number) else {
            throw .illegalArgument(
                "[\(place)\(name)] is \(value.serialized().prefix(100)); it is a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> ConnectorError {
        ConnectorError(400, "parsing_exception", "[\(place)\(name)] is \(value.typeName), and \(expected) was expected")
    }
}
