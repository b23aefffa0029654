import JSON

/// Checks JSON values against the schemas of an OpenAPI 3.1 document: the keywords that ours are built of, and no others.
struct SchemaCheck: Sendable {
    /// `components.schemas`.
    let components: JSONObject

    /// What is wrong with a value, each with its place; empty if nothing is.
    func faults(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        guard let schema = schema.object else { return schema.bool == false ? ["\(place): not allowed"] : [] }
        var faults: [String] = []
        if let reference = schema["$ref"]?.string {
            let name = String(reference.split(separator: "/").last ?? "")
            guard let target = components[name] else { return ["\(place): no schema named \(name)"] }
            faults += self.faults(value, target, at: place)
        }
        if let type = schema["type"] {
            let types = type.array?.compactMap(\.string) ?? [type.string ?? ""]
            if !types.contains(where: { Self.value(value, is: $0) }) {
                return faults + ["\(place): \(value.typeName), not \(types.joined(separator: " or "))"]
            }
        }
        if let words = schema["enum"]?.array, !words.contains(value) { faults.append("\(place): not one of \(words)") }
        if let choices = schema["anyOf"]?.array {
            let tried = choices.map { self.faults(value, $0, at: place) }
            if !tried.contains(where: \.isEmpty) { faults.append("\(place): none of \(choices.count): \(tried)") }
        }
        switch value {
        case .number(let number): faults += self.faults(number.double, schema, place)
        case .string(let text): faults += self.faults(text, schema, place)
        case .array(let elements): faults += self.faults(elements, schema, place)
        case .object(let object): faults += self.faults(object, schema, place)
        case .null, .bool: break
        }
        return faults
    }

    private static func value(_ value: JSONValue, is type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number.double == number.double.rounded()
        default: false
        }
    }

    private func faults(_ number: Double, _ schema: JSONObject, _ place: String) -> [String] {
        var faults: [String] = []
        if let least = schema["minimum"]?.double, number < least { faults.append("\(place): below \(least)") }
        if let most = schema["maximum"]?.double, number > most { faults.append("\(place): above \(most)") }
        return faults
    }

    private func faults(_ text: String, _ schema: JSONObject, _ place: String) -> [String] {
        var faults: [String] = []
        if let least = schema["minLength"]?.int, text.unicodeScalars.count < least {
            faults.append("\(place): too short")
        }
        if let pattern = schema["pattern"]?.string {
            guard let regex = try? Regex(pattern) else { return ["\(place): not a pattern: \(pattern)"] }
            if text.firstMatch(of: regex) == nil { faults.append("\(place): does not match \(pattern)") }
        }
        return faults
    }

    private func faults(_ elements: [JSONValue], _ schema: JSONObject, _ place: String) -> [String] {
        var faults: [String] = []
        if let least = schema["minItems"]?.int, elements.count < least { faults.append("\(place): too few") }
        if let most = schema["maxItems"]?.int, elements.count > most { faults.append("\(place): too many") }
        if let items = schema["items"] {
            for (index, element) in elements.enumerated() {
                faults += self.faults(element, items, at: "\(place)[\(index)]")
            }
        }
        return faults
    }

    private func faults(_ object: JSONObject, _ schema: JSONObject, _ place: String) -> [String] {
        var faults: [String] = []
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            faults.append("\(place): '\(name)' is missing")
        }
        let properties = schema["properties"]?.object ?? JSONObject()
        for member in object {
            if let property = properties[member.key] {
                faults += self.faults(member.value, property, at: "\(place).\(member.key)")
            } else if let others = schema["additionalProperties"] {
                faults += self.faults(member.value, others, at: "\(place).\(member.key)")
            }
        }
        return faults
    }
}
