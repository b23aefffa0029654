import JSON

/// The fields of a JSON object as OpenSearch's parsers read them: null is absent, numbers and booleans are texts where a text is asked for,
/// texts are numbers and booleans where they look like them.
struct Fields: Sendable {
    let object: JSONObject
    /// What the object is part of, for messages: `model_config.`.
    let prefix: String

    init(_ object: JSONObject, prefix: String = "") {
        self.object = object
        self.prefix = prefix
    }

    subscript(name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func text(_ name: String) throws(MLError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = Self.text(value) else { throw wrongType(name, value, "a string") }
        return text
    }

    func bool(_ name: String) throws(MLError) -> Bool? {
        guard let value = self[name] else { return nil }
        switch value {
        case .bool(let flag): return flag
        case .string("true"): return true
        case .string("false"): return false
        default: throw wrongType(name, value, "a boolean")
        }
    }

    func integer(_ name: String) throws(MLError) -> Int? {
        guard let value = self[name] else { return nil }
        let number = value.string.flatMap { Int($0) } ?? value.int ?? value.double.flatMap { Int(exactly: $0) }
        guard let number else { throw wrongType(name, value, "a whole number") }
        return number
    }

    func number(_ name: String) throws(MLError) -> Double? {
        guard let value = self[name] else { return nil }
        guard let number = value.double ?? value.string.flatMap({ Double($0) }), number.isFinite else {
            throw wrongType(name, value, "a number")
        }
        return number
    }

    func fields(_ name: String) throws(MLError) -> Fields? {
        guard let value = self[name] else { return nil }
        guard let object = value.object else { throw wrongType(name, value, "an object") }
        return Fields(object, prefix: "\(prefix)\(name).")
    }

    func texts(_ name: String) throws(MLError) -> [String]? {
        guard let value = self[name] else { return nil }
        guard let array = value.array else { throw wrongType(name, value, "an array") }
        var texts: [String] = []
        texts.reserveCapacity(array.count)
        for element in array {
            guard let text = Self.text(element) else { throw wrongType(name, element, "an array of strings") }
            texts.append(text)
        }
        return texts
    }

    func integers(_ name: String) throws(MLError) -> [Int]? {
        guard let value = self[name] else { return nil }
        guard let array = value.array else { throw wrongType(name, value, "an array") }
        let numbers = array.compactMap(\.int)
        guard numbers.count == array.count else { throw wrongType(name, value, "an array of whole numbers") }
        return numbers
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.description
        case .bool(let flag): flag ? "true" : "false"
        default: nil
        }
    }

    private func wrongType(_ name: String, _ value: JSONValue, _ expected: String) -> MLError {
        .parsing("[\(prefix)\(name)] is \(value.typeName), and \(expected) was expected")
    }
}
