internal import JSON

/// Settings as flat names with values, however they were written: nested or dotted, as values or as text.
///
/// Values are strings, lists of strings, or null for "take it away", which is what OpenSearch keeps.
struct SettingsDocument: Sendable {
    /// Names with dots, and their values.
    private(set) var values: [String: JSONValue] = [:]

    /// No settings.
    init() {}

    /// Settings by their flat names.
    init(flat values: [String: JSONValue]) { self.values = values }

    /// Reads an object.
    ///
    /// - Parameter prefix: put before names that lack it (`index.`), as it may be left out for settings of indices.
    init(_ object: JSONObject, prefix: String = "") throws(OpenSearchError) {
        try add(object, path: "", prefix: prefix)
    }

    private mutating func add(_ object: JSONObject, path: String, prefix: String) throws(OpenSearchError) {
        for member in object {
            let name = path.isEmpty ? member.key : "\(path).\(member.key)"
            switch member.value {
            case .object(let inner): try add(inner, path: name, prefix: prefix)
            case .array(let elements):
                // Lists of objects are kept as they are numbered: `a.0.b`.
                if elements.contains(where: { $0.object != nil }) {
                    for (index, element) in elements.enumerated() {
                        if let inner = element.object { try add(inner, path: "\(name).\(index)", prefix: prefix) }
                    }
                } else {
                    values[Self.prefixed(name, prefix)] = .array(elements.map { Self.text($0) })
                }
            case .null: values[Self.prefixed(name, prefix)] = .null
            default: values[Self.prefixed(name, prefix)] = Self.text(member.value)
            }
        }
    }

    private static func prefixed(_ name: String, _ prefix: String) -> String {
        name.hasPrefix(prefix) ? name : prefix + name
    }

    private static func text(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string: value
        case .number(let number): .string(number.description)
        case .bool(let flag): .string(flag ? "true" : "false")
        default: .string(value.serialized())
        }
    }

    /// The value of a name as text.
    func text(_ name: String) -> String? { values[name]?.string }

    subscript(name: String) -> JSONValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// Takes away all settings whose names begin so.
    mutating func remove(startingWith prefix: String) { values = values.filter { !$0.key.hasPrefix(prefix) } }

    /// Takes over what other settings say; their nulls take away, names that end with a star all that begin so.
    mutating func merge(_ other: SettingsDocument) {
        for (name, value) in other.values {
            if name.hasSuffix("*"), value.isNull {
                for key in values.keys where Wildcard.matches(name, key) { values[key] = nil }
            } else if value.isNull {
                values[name] = nil
            } else {
                values[name] = value
            }
        }
    }

    /// The settings as an object: with dots in its names, or nested.
    func object(isFlat: Bool, matching patterns: [String]? = nil) -> JSONValue {
        var flat = values.sorted { $0.key < $1.key }
        if let patterns, !patterns.isEmpty, !patterns.contains("_all") {
            flat = flat.filter { entry in patterns.contains { Wildcard.matches($0, entry.key) } }
        }
        if isFlat { return .object(JSONObject(flat.map { (key: $0.key, value: $0.value) })) }
        let root = Branch()
        for (name, value) in flat { root.insert(name.split(separator: ".").map(String.init)[...], value) }
        return root.document
    }

    /// A level of the nested form while it grows.
    private final class Branch {
        private var order: [String] = []
        private var leaves: [String: JSONValue] = [:]
        private var branches: [String: Branch] = [:]

        func insert(_ path: ArraySlice<String>, _ value: JSONValue) {
            guard let first = path.first else { return }
            // A name may be a setting and lead to others; what cannot be nested keeps its dots.
            if path.count == 1 || leaves[first] != nil {
                let name = path.joined(separator: ".")
                if branches[name] == nil { order.append(name) }
                leaves[name] = value
                return
            }
            let branch = branches[first] ?? Branch()
            if branches[first] == nil {
                branches[first] = branch
                order.append(first)
            }
            branch.insert(path.dropFirst(), value)
        }

        var document: JSONValue {
            .object(JSONObject(order.map { (key: $0, value: leaves[$0] ?? branches[$0]?.document ?? .null) }))
        }
    }
}
