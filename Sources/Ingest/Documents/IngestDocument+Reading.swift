import JSON

extension IngestDocument {
    private func root(_ path: DocumentPath) -> JSONObject { path.isIngest ? ingest : fields }

    /// The value of a place, perhaps null.
    ///
    /// - Throws: ``IngestFailure`` if there is no such place.
    func value(_ path: DocumentPath) throws(IngestFailure) -> JSONValue {
        var context = JSONValue.object(root(path))
        for element in path.elements { context = try Self.resolve(element, path, context) }
        return context
    }

    /// The value of a place, null for one that is not there but may be missing.
    func value(_ path: DocumentPath, ignoreMissing: Bool) throws(IngestFailure) -> JSONValue {
        do { return try value(path) } catch {
            if ignoreMissing, try !has(path) { return .null }
            throw error
        }
    }

    /// The text of a place; `nil` for null.
    func string(_ path: DocumentPath, ignoreMissing: Bool) throws(IngestFailure) -> String? {
        switch try value(path, ignoreMissing: ignoreMissing) {
        case .null: return nil
        case .string(let text): return text
        case let other: throw Self.cast(path, other, to: "java.lang.String")
        }
    }

    /// The list of a place; `nil` for null.
    func list(_ path: DocumentPath, ignoreMissing: Bool) throws(IngestFailure) -> [JSONValue]? {
        switch try value(path, ignoreMissing: ignoreMissing) {
        case .null: return nil
        case .array(let elements): return elements
        case let other: throw Self.cast(path, other, to: "java.util.List")
        }
    }

    /// What is said of a value of the wrong type.
    static func cast(_ path: DocumentPath, _ value: JSONValue, to type: String) -> IngestFailure {
        .illegalArgument("field [\(path.text)] of type [\(value.javaClass)] cannot be cast to [\(type)]")
    }

    /// Whether there is such a place.
    ///
    /// - Parameter failsOutOfRange: whether the number of an element that a list does not have is a fault.
    func has(_ path: DocumentPath, failsOutOfRange: Bool = false) throws(IngestFailure) -> Bool {
        var context = JSONValue.object(root(path))
        for element in path.elements {
            switch context {
            case .object(let object):
                guard let next = object[element] else { return false }
                context = next
            case .array(let elements):
                guard let index = Int32(element) else { return false }
                guard elements.indices.contains(Int(index)) else {
                    if failsOutOfRange { throw Self.outOfBounds(Int(index), elements.count, path) }
                    return false
                }
                context = elements[Int(index)]
            default: return false
            }
        }
        return true
    }

    private static func resolve(
        _ element: String, _ path: DocumentPath, _ context: JSONValue
    ) throws(IngestFailure) -> JSONValue {
        switch context {
        case .null:
            throw .illegalArgument("cannot resolve [\(element)] from null as part of path [\(path.text)]")
        case .object(let object):
            guard let value = object[element] else {
                throw .illegalArgument("field [\(element)] not present as part of path [\(path.text)]")
            }
            return value
        case .array(let elements): return elements[try index(element, elements.count, path)]
        default:
            throw .illegalArgument(
                "cannot resolve [\(element)] from object of type [\(context.javaClass)] as part of path [\(path.text)]")
        }
    }

    /// The number of an element of a list.
    static func index(_ element: String, _ count: Int, _ path: DocumentPath) throws(IngestFailure) -> Int {
        guard let index = Int32(element) else {
            throw .number(
                element, "[\(element)] is not an integer, cannot be used as an index as part of path [\(path.text)]")
        }
        guard index >= 0, index < count else { throw outOfBounds(Int(index), count, path) }
        return Int(index)
    }

    private static func outOfBounds(_ index: Int, _ count: Int, _ path: DocumentPath) -> IngestFailure {
        .illegalArgument(
            "[\(index)] is out of bounds for array with length [\(count)] as part of path [\(path.text)]")
    }
}
