import JSON

/// Gathers what is wrong with a document.
final class FaultList {
    private(set) var faults: [WorkflowError.Fault] = []

    func add(_ place: String, _ reason: String) { faults.append(WorkflowError.Fault(place, reason)) }
}

/// Reads the fields of one object of a document, and knows which it has not been asked for.
struct FieldReader {
    let place: String
    let list: FaultList
    /// What the object is, for messages: `a Task state`.
    let title: String
    let object: JSONObject
    private var known: Set<String> = []

    init(_ object: JSONObject, at place: String, title: String, _ list: FaultList) {
        self.object = object
        self.place = place
        self.title = title
        self.list = list
    }

    /// Reads a value that must be an object; tells if it is none.
    init?(_ value: JSONValue, at place: String, title: String, _ list: FaultList) {
        guard let object = value.object else {
            list.add(place, "\(title) is an object, not \(value.typeName)")
            return nil
        }
        self.init(object, at: place, title: title, list)
    }

    func place(of field: String) -> String { place.isEmpty ? field : "\(place).\(field)" }

    func fault(_ field: String, _ reason: String) { list.add(place(of: field), reason) }

    func missing(_ field: String) { list.add(place, "\(title) needs the field '\(field)'") }

    func has(_ field: String) -> Bool { object[field] != nil }

    mutating func value(_ field: String) -> JSONValue? {
        known.insert(field)
        return object[field]
    }

    mutating func string(_ field: String, isRequired: Bool = false) -> String? {
        guard let value = value(field) else {
            if isRequired { missing(field) }
            return nil
        }
        guard let text = value.string else {
            fault(field, "a string is expected, not \(value.typeName)")
            return nil
        }
        if isRequired, text.isEmpty { fault(field, "the string is empty") }
        return text
    }

    mutating func integer(_ field: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(field) else { return nil }
        guard let number = value.int, range.contains(number) else {
            fault(
                field,
                "a whole number from \(range.lowerBound) to \(range.upperBound) is expected, not \(Self.shown(value))")
            return nil
        }
        return number
    }

    mutating func bool(_ field: String) -> Bool? {
        guard let value = value(field) else { return nil }
        guard let bool = value.bool else {
            fault(field, "true or false is expected, not \(value.typeName)")
            return nil
        }
        return bool
    }

    mutating func path(_ field: String) -> JSONPath? {
        guard let text = string(field) else { return nil }
        do throws(DataFault) { return try JSONPath(text) } catch {
            fault(field, error.reason)
            return nil
        }
    }

    /// A number under `Field`, or a path to it under `FieldPath`.
    mutating func number(_ field: String, in range: ClosedRange<Int>) -> NumberField? {
        let value = integer(field, in: range)
        let path = path(field + "Path")
        if has(field), has(field + "Path") { fault(field, "only one of '\(field)' and '\(field)Path' may be given") }
        return path.map { .path($0) } ?? value.map { .value($0) }
    }

    mutating func dataPath(_ field: String) -> DataPath {
        guard let value = object[field], !value.isNull else {
            known.insert(field)
            return object[field] == nil ? .whole : .nothing
        }
        guard let path = path(field) else { return .whole }
        return path.text == "$" ? .whole : .path(path)
    }

    mutating func resultPlace(_ field: String = "ResultPath") -> ResultPlace {
        guard let value = object[field], !value.isNull else {
            known.insert(field)
            return object[field] == nil ? .whole : .nowhere
        }
        guard let path = path(field) else { return .whole }
        guard !path.isOfContext, let selectors = path.reference else {
            fault(
                field,
                "a Reference Path is expected: names and positions only, not of the context object ('\(path.text)')")
            return .whole
        }
        return .at(selectors, text: path.text)
    }

    mutating func template(_ field: String) -> PayloadTemplate? {
        guard let value = value(field) else { return nil }
        return PayloadTemplate.read(value, at: place(of: field)) { list.add($0, $1) }
    }

    mutating func objects(_ field: String, title: String, isRequired: Bool = false) -> [FieldReader] {
        guard let value = value(field) else {
            if isRequired { missing(field) }
            return []
        }
        guard let elements = value.array else {
            fault(field, "an array is expected, not \(value.typeName)")
            return []
        }
        if elements.isEmpty, isRequired { fault(field, "the array is empty") }
        return elements.enumerated().compactMap { index, element in
            FieldReader(element, at: "\(place(of: field))[\(index)]", title: title, list)
        }
    }

    /// Tells every field that was not asked for.
    func finish() {
        for member in object where !known.contains(member.key) {
            if let reason = Self.unsupported[member.key] {
                fault(member.key, "'\(member.key)' is not supported here: \(reason)")
            } else {
                fault(member.key, "\(title) has no such field; it has \(known.sorted().joined(separator: ", "))")
            }
        }
    }

    /// Fields that Step Functions knows and that are left out here.
    private static let unsupported = [
        "Assign": "variables; pass data on with ResultPath", "Arguments": "JSONata; write Parameters",
        "Output": "JSONata; write OutputPath or ResultSelector", "Condition": "JSONata; write Variable and an operator",
        "Items": "JSONata; write ItemsPath", "Credentials": "tasks run with the rights of this process",
        "ItemReader": "distributed maps; give the items in the input",
        "ItemBatcher": "distributed maps; use States.ArrayPartition", "ResultWriter": "distributed maps",
        "ToleratedFailureCount": "distributed maps; catch errors in the iteration",
        "ToleratedFailureCountPath": "distributed maps; catch errors in the iteration",
        "ToleratedFailurePercentage": "distributed maps; catch errors in the iteration",
        "ToleratedFailurePercentagePath": "distributed maps; catch errors in the iteration",
        "Label": "distributed maps", "ExecutionType": "distributed maps",
    ]

    static func shown(_ value: JSONValue) -> String {
        switch value {
        case .array, .object: value.typeName
        default: value.serialized()
        }
    }
}
