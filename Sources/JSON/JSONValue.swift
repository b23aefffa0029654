/// A JSON document in memory (RFC 8259).
///
/// Strings are compared byte by byte, like the keys of ``JSONObject``, numbers by value.
public enum JSONValue: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number.
    case number(JSONNumber)
    /// A string. Escapes of lone surrogates in the text have become U+FFFD.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)
}

extension JSONValue {
    /// The string, if this is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number as an integer, if this is an integral number that fits.
    public var int: Int? {
        if case .number(let value) = self { value.int } else { nil }
    }

    /// The number as a double, if this is a number.
    public var double: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The boolean, if this is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements, if this is an array.
    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, if this is an object.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Whether this is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The value of a key; `nil` if this is not an object or has no such key.
    public subscript(key: String) -> JSONValue? {
        if case .object(let value) = self { value[key] } else { nil }
    }

    /// The element at a position; `nil` if this is not an array or is shorter.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let value) = self, value.indices.contains(index) else { return nil }
        return value[index]
    }

    /// The name of this value's type, as error messages use it.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: Hashable {
    /// Compares by value; see ``JSONNumber`` and ``JSONObject``.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): JSONObject.sameBytes(left, right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Hashes so that equal values hash alike.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null:
            hasher.combine(0)
        case .bool(let value):
            hasher.combine(value)
        case .number(let value):
            hasher.combine(value)
        case .string(let value):
            for byte in value.utf8 { hasher.combine(byte) }
        case .array(let value):
            hasher.combine(value)
        case .object(let value):
            hasher.combine(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number.
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object, in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(parsed: elements.map { (key: $0.0, value: $0.1) }))
    }
    /// The `null` value.
    public init(nilLiteral: ()) { self = .null }
}
