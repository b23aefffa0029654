import JSON
import Routing

/// A JSON object of a request's body, read field by field; faults name the field with its whole path.
struct RequestFields: Sendable {
    let object: JSONObject
    /// What stands before a field's name in faults: empty, or `documents[3].`.
    let place: String

    /// The body of a request, which must be an object.
    init(body request: APIRequest) throws(APIFault) {
        let value = try Self.document(of: request)
        guard let object = value.object else {
            throw APIFault(.badField, "The body must be a JSON object, and is \(value.typeName).")
        }
        self.init(object, place: "")
    }

    init(_ object: JSONObject, place: String) {
        self.object = object
        self.place = place
    }

    /// The body of a request as JSON of any kind.
    static func document(of request: APIRequest) throws(APIFault) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: request.body)
        } catch {
            throw APIFault(.malformedJSON, "The body is not valid JSON: \(error).")
        }
    }

    /// The value of a field; nil if it is missing or null.
    func value(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    /// A string; nil if the field is missing or null.
    func string(_ name: String) throws(APIFault) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw mismatch(name, value, wanted: "a string") }
        return text
    }

    /// A string that must be there.
    func requiredString(_ name: String) throws(APIFault) -> String {
        guard let text = try string(name) else { throw missing(name, "a string") }
        return text
    }

    /// True or false; nil if the field is missing or null.
    func bool(_ name: String) throws(APIFault) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw mismatch(name, value, wanted: "true or false") }
        return flag
    }

    /// A whole number within bounds; nil if the field is missing or null.
    func int(_ name: String, in bounds: ClosedRange<Int>) throws(APIFault) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.int else { throw mismatch(name, value, wanted: "a whole number") }
        guard bounds.contains(number) else {
            let limit =
                bounds.upperBound == .max
                ? "at least \(bounds.lowerBound)" : "\(bounds.lowerBound) to \(bounds.upperBound)"
            throw APIFault(.invalidValue, "'\(place)\(name)' is \(number); allowed is \(limit).", field: place + name)
        }
        return number
    }

    /// The fields of an object; nil if the field is missing or null.
    func object(_ name: String) throws(APIFault) -> RequestFields? {
        guard let value = value(name) else { return nil }
        guard let object = value.object else { throw mismatch(name, value, wanted: "an object") }
        return RequestFields(object, place: "\(place)\(name).")
    }

    /// The fields of an object that must be there.
    func requiredObject(_ name: String) throws(APIFault) -> RequestFields {
        guard let object = try object(name) else { throw missing(name, "an object") }
        return object
    }

    /// An array; nil if the field is missing or null.
    func array(_ name: String) throws(APIFault) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard let array = value.array else { throw mismatch(name, value, wanted: "an array") }
        return array
    }

    /// An array of strings that must be there; faults name the index.
    func requiredStrings(_ name: String) throws(APIFault) -> [String] {
        guard let array = try array(name) else { throw missing(name, "an array of strings") }
        var strings: [String] = []
        strings.reserveCapacity(array.count)
        for (index, value) in array.enumerated() {
            guard let text = value.string else { throw mismatch("\(name)[\(index)]", value, wanted: "a string") }
            strings.append(text)
        }
        return strings
    }

    /// One of several words; nil if the field is missing or null.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(APIFault) -> Choice? where Choice.RawValue == String {
        guard let text = try string(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        throw APIFault(
            .invalidValue, "'\(place)\(name)' is '\(text)'; allowed is one of \(words).", field: place + name)
    }

    /// The fault of a field that must be there.
    func missing(_ name: String, _ wanted: String) -> APIFault {
        APIFault(.badField, "The field '\(place)\(name)' is missing; it must be \(wanted).", field: place + name)
    }

    /// The fault of a field of the wrong type.
    func mismatch(_ name: String, _ value: JSONValue, wanted: String) -> APIFault {
        APIFault(
            .badField, "The field '\(place)\(name)' must be \(wanted), and is \(value.typeName).", field: place + name)
    }
}
