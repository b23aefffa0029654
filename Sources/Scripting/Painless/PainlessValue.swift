import JSON

/// A value while a program runs; lists, maps and string builders are shared by all that hold them, as in Java.
enum PainlessValue {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case list(PainlessList)
    case map(PainlessMap)
    case builder(PainlessBuilder)
    /// A list or map of a document that nothing has looked at yet; only containers hold such values.
    case unread(JSONValue)

    /// What errors call the type.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number.isInteger ? "long" : "double"
        case .string: "string"
        case .list: "array"
        case .map: "object"
        case .builder: "StringBuilder"
        case .unread(let value): value.typeName
        }
    }

    var isNull: Bool { if case .null = self { true } else { false } }

    /// The whole number; `nil` for other values.
    var int: Int? {
        guard case .number(let number) = self, number.isInteger else { return nil }
        return number.int
    }

    /// The text of a string or a string builder.
    var string: String? {
        switch self {
        case .string(let text): text
        case .builder(let builder): builder.text
        default: nil
        }
    }

    static func int(_ value: Int) -> PainlessValue { .number(JSONNumber(value)) }
}

/// A list of a program.
final class PainlessList {
    var elements: [PainlessValue]

    init(_ elements: [PainlessValue]) { self.elements = elements }
}

/// A text that a program puts together.
final class PainlessBuilder {
    var text: String

    init(_ text: String) { self.text = text }
}

/// A map of a program: a part of a document, and what has changed in it.
final class PainlessMap {
    /// The members as they came; what `changed` has stands before.
    private(set) var source: JSONObject
    /// Members that were read as containers, or written; `nil` for those that were taken out.
    private var changed: [String: PainlessValue?] = [:]
    /// New members, in the order in which they came.
    private var added: [String] = []
    private(set) var count: Int

    init(_ source: JSONObject = JSONObject()) {
        self.source = source
        count = source.count
    }

    /// A member; `nil` if there is none.
    func value(_ key: String) -> PainlessValue? {
        if let known = changed[key] { return known }
        return source[key].map(PainlessValue.init(reading:))
    }

    /// Writes a member; `nil` takes it out.
    func set(_ key: String, _ value: PainlessValue?) {
        let before = changed[key].map { $0 != nil } ?? (source[key] != nil)
        if !before, value != nil {
            count += 1
            if source[key] == nil, changed[key] == nil { added.append(key) }
        } else if before, value == nil {
            count -= 1
        }
        changed[key] = .some(value)
    }

    /// Keeps a container that was read, so that it is the same one the next time.
    func keep(_ key: String, _ value: PainlessValue) { changed[key] = .some(value) }

    /// The names of the members in their order.
    var keys: [String] { (source.keys + added).filter { changed[$0].map { $0 != nil } ?? true } }

    /// Takes everything out.
    func clear() {
        source = JSONObject()
        changed = [:]
        added = []
        count = 0
    }
}

extension PainlessValue {
    /// A value of a document; containers stay as they are until something looks at them.
    init(reading value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array, .object: self = .unread(value)
        }
    }
}
