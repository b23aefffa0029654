import JSON
import VectorIndex

/// One parameter that the mapping of a field type takes.
struct ParameterSpecification: Sendable {
    /// What values a parameter takes.
    enum Form: Sendable {
        case boolean
        case integer
        case number
        case string
        case choice([String])
        case analyzer
        case similarity
        case stringMap
        /// The dimension of a vector.
        case dimension
        /// The `data_type` of a vector.
        case vectorElement
        case any
    }

    /// When a parameter is written in `GET _mapping`.
    enum Echo: Sendable {
        /// If its value is not the default.
        case whenChanged
        /// If it was given, even with the default's value.
        case whenGiven
    }

    /// What a new value may be.
    enum Update: Sendable {
        case never
        case always
        /// `true` may become `false`.
        case onlyToFalse
    }

    let name: String
    let form: Form
    let defaultValue: JSONValue
    let update: Update
    let echo: Echo
    let acceptsNull: Bool

    init(
        _ name: String, _ form: Form, _ defaultValue: JSONValue, update: Update = .never, echo: Echo = .whenChanged,
        acceptsNull: Bool = false
    ) {
        self.name = name
        self.form = form
        self.defaultValue = defaultValue
        self.update = update
        self.echo = echo
        self.acceptsNull = acceptsNull
    }
}

extension ParameterSpecification {
    /// The value of this parameter in its one spelling: `"true"` becomes `true`, `"5"` becomes 5.
    func normalized(_ value: JSONValue, field: String, kind: FieldKind, context: MappingContext) throws(MappingError)
        -> JSONValue
    {
        if value.isNull {
            if acceptsNull { return .null }
            throw MappingError(
                .mapperParsing,
                "[\(name)] on mapper [\(field)] of type [\(kind.rawValue)] must not have a [null] value")
        }
        switch form {
        case .boolean: return .bool(try Self.boolean(value))
        case .integer: return .number(JSONNumber(try Self.integer(value)))
        case .number: return .number(try Self.number(value))
        case .string: return .string(Self.text(value))
        case .choice(let accepted):
            let text = Self.text(value)
            guard accepted.contains(text) else {
                throw MappingError(
                    .mapperParsing,
                    "Unknown value [\(text)] for field [\(name)] - accepted values are "
                        + "[\(accepted.joined(separator: ", "))]")
            }
            return .string(text)
        case .analyzer:
            let analyzer = Self.text(value)
            guard context.hasAnalyzer(analyzer) else {
                throw MappingError(.illegalArgument, "analyzer [\(analyzer)] has not been configured in mappings")
            }
            return .string(analyzer)
        case .similarity:
            let similarity = Self.text(value)
            guard context.hasSimilarity(similarity) else {
                throw MappingError(.mapperParsing, "Unknown Similarity type [\(similarity)] for field [\(field)]")
            }
            return .string(similarity)
        case .stringMap:
            try Self.checkMeta(value, field: field)
            return value
        case .dimension: return .number(JSONNumber(try Self.dimension(value, field: field)))
        case .vectorElement:
            let name = Self.text(value).lowercased()
            guard VectorElement(rawValue: name) != nil else {
                throw MappingError(
                    .illegalArgument,
                    "Invalid value provided for [\(self.name)] field. Supported values are [binary,byte,float]")
            }
            return .string(name)
        case .any: return value
        }
    }

    /// A boolean as OpenSearch reads it: a JSON boolean, or `"true"`, `"false"`, `""` (false).
    static func boolean(_ value: JSONValue) throws(MappingError) -> Bool {
        switch value {
        case .bool(let value): return value
        case .string("true"): return true
        case .string("false"), .string(""): return false
        default:
            throw MappingError(
                .illegalArgument,
                "Failed to parse value [\(text(value))] as only [true] or [false] are allowed.")
        }
    }

    static func integer(_ value: JSONValue) throws(MappingError) -> Int {
        if let value = value.int { return value }
        if let value = value.double, value.magnitude < 9e15 { return Int(value) }
        if let text = value.string, let value = Int(text) { return value }
        throw MappingError(.numberFormat, "For input string: \"\(text(value))\"")
    }

    private static func dimension(_ value: JSONValue, field: String) throws(MappingError) -> Int {
        guard let dimension = try? integer(value), Int32(exactly: dimension) != nil else {
            throw MappingError(
                .illegalArgument,
                "Unable to parse [dimension] from provided value [\(text(value))] for vector [\(field)]")
        }
        guard dimension > 0 else {
            throw MappingError(.illegalArgument, "Dimension value must be greater than 0 for vector: \(field)")
        }
        return dimension
    }

    static func number(_ value: JSONValue) throws(MappingError) -> JSONNumber {
        if case .number(let number) = value { return number }
        if let text = value.string {
            if let value = Int(text) { return JSONNumber(value) }
            if let value = Double(text) { return JSONNumber(value) }
        }
        throw MappingError(.numberFormat, "For input string: \"\(text(value))\"")
    }

    /// A value as Java writes it in messages and where a string is asked for.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .object(let object): "{" + object.map { "\($0.key)=\(text($0.value))" }.joined(separator: ", ") + "}"
        case .array(let array): "[" + array.map(text).joined(separator: ", ") + "]"
        default: value.serialized()
        }
    }

    /// `meta`: at most five keys of at most twenty characters, with strings of at most fifty.
    private static func checkMeta(_ value: JSONValue, field: String) throws(MappingError) {
        guard case .object(let members) = value else {
            throw MappingError(
                .mapperParsing, "[meta] must be an object, got \(className(value))[\(text(value))] for field [\(field)]"
            )
        }
        guard members.count <= 5 else {
            throw MappingError(
                .mapperParsing, "[meta] can't have more than 5 entries, but got \(members.count) on field [\(field)]")
        }
        for (key, value) in members {
            guard key.utf16.count <= 20 else {
                throw MappingError(
                    .mapperParsing,
                    "[meta] keys can't be longer than 20 chars, but got [\(key)] for field [\(field)]")
            }
            guard case .string(let text) = value else {
                throw MappingError(
                    .mapperParsing,
                    "[meta] values can only be strings, but got \(className(value))[\(Self.text(value))] "
                        + "for field [\(field)]")
            }
            guard text.utf16.count <= 50 else {
                throw MappingError(
                    .mapperParsing,
                    "[meta] values can't be longer than 50 chars, but got [\(text)] for field [\(field)]")
            }
        }
    }

    /// The simple name of the Java class that OpenSearch holds a JSON value in.
    static func className(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "Boolean"
        case .number(let number): number.isInteger ? "Integer" : "Double"
        case .string: "String"
        case .array: "ArrayList"
        case .object: "HashMap"
        }
    }
}
