import JSON

/// Where `ResultPath` puts a result into a state's input.
enum ResultPlace: Sendable, Hashable {
    /// `null`: the result is dropped.
    case nowhere
    /// The names and positions of a Reference Path; none for `$`, which replaces the input.
    case at([JSONPath.Selector], text: String)

    static let whole = ResultPlace.at([], text: "$")

    /// The input with the result in its place; objects on the way are made.
    func put(_ result: JSONValue, into input: JSONValue) throws(TaskFault) -> JSONValue {
        switch self {
        case .nowhere: return input
        case .at(let selectors, let text):
            var made = input
            guard Self.put(result, selectors[...], &made) else {
                throw TaskFault(
                    .resultPathMatchFailure,
                    "the result cannot be put at '\(text)' of an input that is \(input.typeName)")
            }
            return made
        }
    }

    private static func put(
        _ result: JSONValue, _ selectors: ArraySlice<JSONPath.Selector>, _ value: inout JSONValue
    ) -> Bool {
        switch (selectors.first, value) {
        case (nil, _):
            value = result
            return true
        case (.name(let name), .object(var members)):
            var member = members[name] ?? .object(JSONObject())
            // Scalars on the way give place, as in Step Functions; the value itself is no object only at the root.
            if selectors.count > 1, member.object == nil, member.array == nil { member = .object(JSONObject()) }
            guard put(result, selectors.dropFirst(), &member) else { return false }
            members[name] = member
            value = .object(members)
            return true
        case (.index(let index), .array(var elements)):
            guard elements.indices.contains(index), put(result, selectors.dropFirst(), &elements[index]) else {
                return false
            }
            value = .array(elements)
            return true
        default:
            return false
        }
    }
}
