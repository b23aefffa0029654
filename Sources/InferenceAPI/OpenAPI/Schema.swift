public import JSON

/// What a JSON value of a request or reply may be: JSON Schema 2020-12, the dialect of OpenAPI 3.1.
///
/// Built from the functions below, so that a document cannot name a keyword that does not exist. ``named(_:)`` moves a
/// schema to the document's components and leaves a reference.
public struct Schema: Sendable, Hashable {
    /// The keywords at the place of use; a reference for a named schema.
    public private(set) var keywords: JSONObject
    /// The named schemas that this one needs, by name.
    public private(set) var components: [String: JSONObject]

    private init(_ keywords: JSONObject, uses others: [Schema] = []) {
        self.keywords = keywords
        components = [:]
        for other in others { components.merge(other.components) { first, _ in first } }
    }

    private init(type: String, _ description: String?) {
        self.init(JSONObject())
        keywords["type"] = .string(type)
        if let description { keywords["description"] = .string(description) }
    }

    /// Any value.
    public static let anything = Schema(JSONObject())

    /// `null` and nothing else.
    public static let null = Schema(type: "null", nil)

    /// A string.
    ///
    /// - Parameter pattern: an ECMA 262 expression that is found somewhere in it.
    public static func string(
        _ description: String? = nil, minimumLength: Int? = nil, pattern: String? = nil, example: JSONValue? = nil
    ) -> Schema {
        var schema = Schema(type: "string", description)
        if let pattern { schema.keywords["pattern"] = .string(pattern) }
        if let minimumLength { schema.keywords["minLength"] = .number(JSONNumber(minimumLength)) }
        return schema.example(example)
    }

    /// One of some words.
    public static func choice(_ words: [String], _ description: String? = nil) -> Schema {
        var schema = Schema(type: "string", description)
        schema.keywords["enum"] = .array(words.map { .string($0) })
        return schema
    }

    /// A whole number within bounds; `3.0` is one.
    public static func integer(
        _ description: String? = nil, in bounds: ClosedRange<Int> = 0...Int.max, example: JSONValue? = nil
    ) -> Schema {
        var schema = Schema(type: "integer", description)
        if bounds.lowerBound != .min { schema.keywords["minimum"] = .number(JSONNumber(bounds.lowerBound)) }
        if bounds.upperBound != .max { schema.keywords["maximum"] = .number(JSONNumber(bounds.upperBound)) }
        return schema.example(example)
    }

    /// A number.
    public static func number(_ description: String? = nil, example: JSONValue? = nil) -> Schema {
        Schema(type: "number", description).example(example)
    }

    /// True or false.
    public static func boolean(_ description: String? = nil) -> Schema { Schema(type: "boolean", description) }

    /// An array.
    public static func array(
        of element: Schema, _ description: String? = nil, minimum: Int? = nil, maximum: Int? = nil,
        example: JSONValue? = nil
    ) -> Schema {
        var schema = Schema(JSONObject(), uses: [element])
        schema.keywords["type"] = "array"
        schema.keywords["items"] = .object(element.keywords)
        if let description { schema.keywords["description"] = .string(description) }
        if let minimum { schema.keywords["minItems"] = .number(JSONNumber(minimum)) }
        if let maximum { schema.keywords["maxItems"] = .number(JSONNumber(maximum)) }
        return schema.example(example)
    }

    /// An object.
    ///
    /// - Parameter isClosed: whether other fields than the named ones are forbidden. Requests are open where the
    ///   dialect's own server ignores what it does not know; replies are closed.
    public static func object(
        _ fields: [Field], _ description: String? = nil, isClosed: Bool = false, example: JSONValue? = nil
    ) -> Schema {
        var schema = Schema(JSONObject(), uses: fields.map(\.schema))
        schema.keywords["type"] = "object"
        if let description { schema.keywords["description"] = .string(description) }
        schema.keywords["properties"] = .object(
            JSONObject(fields.map { (key: $0.name, value: .object($0.schema.keywords)) }))
        let required = fields.filter(\.isRequired)
        if !required.isEmpty { schema.keywords["required"] = .array(required.map { .string($0.name) }) }
        if isClosed { schema.keywords["additionalProperties"] = false }
        return schema.example(example)
    }

    /// An object whose keys are data.
    public static func dictionary(of value: Schema, _ description: String? = nil) -> Schema {
        var schema = Schema(JSONObject(), uses: [value])
        schema.keywords["type"] = "object"
        schema.keywords["additionalProperties"] = .object(value.keywords)
        if let description { schema.keywords["description"] = .string(description) }
        return schema
    }

    /// A value that fits at least one of several schemas.
    public static func any(of choices: [Schema], _ description: String? = nil, example: JSONValue? = nil) -> Schema {
        var schema = Schema(
            JSONObject([("anyOf", .array(choices.map { .object($0.keywords) }))]), uses: choices)
        if let description { schema.keywords["description"] = .string(description) }
        return schema.example(example)
    }

    /// The same schema, and `null`.
    public var orNull: Schema {
        var schema = self
        if let type = keywords["type"]?.string {
            schema.keywords["type"] = [.string(type), "null"]
            if let words = keywords["enum"]?.array { schema.keywords["enum"] = .array(words + [.null]) }
            return schema
        }
        if let choices = keywords["anyOf"]?.array {
            schema.keywords["anyOf"] = .array(choices + [.object(Schema.null.keywords)])
            return schema
        }
        return .any(of: [self, .null])
    }

    /// The same schema with the value that a missing field stands for.
    public func byDefault(_ value: JSONValue) -> Schema {
        var schema = self
        schema.keywords["default"] = value
        return schema
    }

    /// A reference to this schema, which goes to the document's components under a name that no other schema has.
    public func named(_ name: String) -> Schema {
        var reference = Schema(JSONObject(), uses: [self])
        reference.keywords["$ref"] = .string("#/components/schemas/\(name)")
        reference.components[name] = keywords
        return reference
    }

    private func example(_ example: JSONValue?) -> Schema {
        guard let example else { return self }
        var schema = self
        schema.keywords["examples"] = [example]
        return schema
    }

    /// A field of an object.
    public struct Field: Sendable, Hashable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        /// A field that is always there.
        public static func required(_ name: String, _ schema: Schema) -> Field {
            Field(name: name, schema: schema, isRequired: true)
        }

        /// A field that may be missing, or `null` with the same meaning; `default` is what that stands for.
        public static func optional(_ name: String, _ schema: Schema, default value: JSONValue? = nil) -> Field {
            let schema = value.map { schema.orNull.byDefault($0) } ?? schema.orNull
            return Field(name: name, schema: schema, isRequired: false)
        }

        /// A field that may be missing and is never `null`.
        public static func omittable(_ name: String, _ schema: Schema) -> Field {
            Field(name: name, schema: schema, isRequired: false)
        }
    }
}
