import JSON

/// A Path of the States Language: what it selects of a state's input, or, beginning with `$$`, of the context object.
///
/// The JSONPath of Jayway's library, which Step Functions uses: names, positions (from the end, too), lists of both, slices,
/// wildcards, descent (`..`), filters (`[?(@.price < 10 && @.isbn)]`) and a last `.length()`. A definite path has one value or none;
/// an indefinite one has an array of the values that it meets, which may be empty.
struct JSONPath: Sendable, Hashable {
    /// The most values that a path may meet.
    static let mostValues = 100_000

    indirect enum Selector: Sendable, Hashable {
        case name(String)
        case index(Int)
        case wildcard
        case slice(start: Int?, end: Int?, step: Int)
        case filter(PathFilter)
    }

    struct Segment: Sendable, Hashable {
        var selectors: [Selector]
        var isDescendant = false
    }

    let text: String
    let isOfContext: Bool
    let segments: [Segment]
    /// Whether `.length()` follows.
    let takesLength: Bool

    /// Whether the path names at most one value.
    var isDefinite: Bool {
        segments.allSatisfy { segment in
            guard !segment.isDescendant, segment.selectors.count == 1 else { return false }
            switch segment.selectors[0] {
            case .name, .index: return true
            default: return false
            }
        }
    }

    /// The names and positions of a Reference Path: one that is definite and counts from the start.
    var reference: [Selector]? {
        guard isDefinite, !takesLength else { return nil }
        let selectors = segments.map { $0.selectors[0] }
        return selectors.contains { if case .index(let index) = $0 { index < 0 } else { false } } ? nil : selectors
    }

    /// The value of a definite path, or the array of an indefinite one.
    ///
    /// - Throws: ``DataFault`` if a definite path meets nothing.
    func value(in data: StateData) throws(DataFault) -> JSONValue {
        let root = isOfContext ? data.context : data.input
        let values = try self.values(from: root)
        if takesLength {
            let measured = isDefinite ? values.first : .array(values)
            switch measured {
            case .array(let elements): return .number(JSONNumber(elements.count))
            case .object(let members): return .number(JSONNumber(members.count))
            case .string(let text): return .number(JSONNumber(text.utf16.count))
            case nil: throw missing
            default: throw DataFault("'\(text)' measures a value that has no length")
            }
        }
        guard isDefinite else { return .array(values) }
        guard let value = values.first else { throw missing }
        return value
    }

    private var missing: DataFault {
        DataFault("the path '\(text)' is not in the \(isOfContext ? "context object" : "input")")
    }

    /// All values that the path meets.
    func values(from root: JSONValue) throws(DataFault) -> [JSONValue] {
        var values = [root]
        for segment in segments {
            var next: [JSONValue] = []
            for value in values {
                if segment.isDescendant {
                    try Self.descend(value, segment.selectors, root, &next)
                } else {
                    try Self.select(value, segment.selectors, root, &next)
                }
            }
            values = next
        }
        return values
    }

    private static func descend(
        _ value: JSONValue, _ selectors: [Selector], _ root: JSONValue, _ found: inout [JSONValue]
    ) throws(DataFault) {
        try select(value, selectors, root, &found)
        switch value {
        case .array(let elements):
            for element in elements { try descend(element, selectors, root, &found) }
        case .object(let members):
            for member in members { try descend(member.value, selectors, root, &found) }
        default: break
        }
    }

    private static func select(
        _ value: JSONValue, _ selectors: [Selector], _ root: JSONValue, _ found: inout [JSONValue]
    ) throws(DataFault) {
        for selector in selectors {
            switch (selector, value) {
            case (.name(let name), .object(let members)):
                if let member = members[name] { found.append(member) }
            case (.index(let index), .array(let elements)):
                let position = index < 0 ? elements.count + index : index
                if elements.indices.contains(position) { found.append(elements[position]) }
            case (.wildcard, .array(let elements)):
                found += elements
            case (.wildcard, .object(let members)):
                found += members.map(\.value)
            case (.slice(let start, let end, let step), .array(let elements)):
                func place(_ bound: Int) -> Int {
                    min(max(bound < 0 ? elements.count + bound : bound, 0), elements.count)
                }
                let (first, last) = (place(start ?? 0), place(end ?? elements.count))
                if first < last {
                    for index in stride(from: first, to: last, by: step) { found.append(elements[index]) }
                }
            case (.filter(let filter), .array(let elements)):
                for element in elements where try filter.holds(element, root) { found.append(element) }
            case (.filter(let filter), .object):
                // Jayway asks an object itself, not its members.
                if try filter.holds(value, root) { found.append(value) }
            default: break
            }
            guard found.count <= mostValues else {
                throw DataFault("a path meets more than \(mostValues) values")
            }
        }
    }
}

/// Why data cannot be read, made or placed as a state says.
struct DataFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// What paths begin at.
struct StateData: Sendable {
    /// What `$` is.
    var input: JSONValue
    /// What `$$` is.
    var context: JSONValue
}
