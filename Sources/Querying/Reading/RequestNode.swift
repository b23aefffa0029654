package import JSON

/// A value of a request body that knows where it stands, so that faults can name line and column.
package struct RequestNode: Sendable {
    /// A member of an object.
    package struct Member: Sendable {
        package var key: String
        /// Byte offset of the key's quotation mark.
        package var offset: Int
        package var value: RequestNode
    }

    /// What the value is.
    package enum Content: Sendable {
        case null
        case bool(Bool)
        case number(JSONNumber)
        case string(String)
        case array([RequestNode])
        case object([Member])
    }

    package var content: Content
    /// Byte offset of the value's first byte.
    package var offset: Int
    /// Byte offset of the value's last byte.
    package var end: Int
}

extension RequestNode {
    /// The name of the value's first token in OpenSearch's messages.
    package var token: String {
        switch content {
        case .null: "VALUE_NULL"
        case .bool: "VALUE_BOOLEAN"
        case .number: "VALUE_NUMBER"
        case .string: "VALUE_STRING"
        case .array: "START_ARRAY"
        case .object: "START_OBJECT"
        }
    }

    /// Whether this is a boolean, a number or a string (`null` is not a value in OpenSearch's sense).
    package var isScalar: Bool {
        switch content {
        case .bool, .number, .string: true
        default: false
        }
    }

    package var isNull: Bool { if case .null = content { true } else { false } }
    package var members: [Member]? { if case .object(let members) = content { members } else { nil } }
    package var elements: [RequestNode]? { if case .array(let elements) = content { elements } else { nil } }
    package var string: String? { if case .string(let text) = content { text } else { nil } }

    /// The text of a scalar, as OpenSearch's parser gives it.
    package var text: String? {
        switch content {
        case .bool(let value): value ? "true" : "false"
        case .number(let value): value.description
        case .string(let value): value
        default: nil
        }
    }

    /// The value without places.
    package var json: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members): .object(JSONObject(members.map { ($0.key, $0.value.json) }))
        }
    }
}
