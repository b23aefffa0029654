package import JSON

/// A field as the mapping's JSON defines it.
package struct FieldDefinition: Sendable, Hashable {
    /// The last part of the name.
    package let name: String
    /// Its type.
    package let kind: FieldKind
    /// Those parameters that were given, normalised.
    package var parameters: [String: JSONValue]
    /// Multi-fields, by name.
    package var fields: [String: FieldDefinition]
    /// Full names of the fields that get a copy.
    package var copyTo: [String]

    package init(
        name: String, kind: FieldKind, parameters: [String: JSONValue] = [:], fields: [String: FieldDefinition] = [:],
        copyTo: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.parameters = parameters
        self.fields = fields
        self.copyTo = copyTo
    }

    /// A parameter as it was given; nil if it was not, or was `null`.
    package subscript(_ parameter: String) -> JSONValue? {
        guard let value = parameters[parameter], !value.isNull else { return nil }
        return value
    }

    func bool(_ parameter: String, default defaultValue: Bool) -> Bool { self[parameter]?.bool ?? defaultValue }
}

/// An object as the mapping's JSON defines it.
package struct ObjectDefinition: Sendable, Hashable {
    /// What happens to fields that are not mapped.
    package enum Dynamic: String, Sendable, Hashable {
        case `true`
        case `false`
        case strict
        case strictAllowTemplates = "strict_allow_templates"
        case falseAllowTemplates = "false_allow_templates"

        /// Whether dynamic templates are asked.
        var usesTemplates: Bool { self != .false && self != .strict }
    }

    /// How a nested object is indexed.
    package struct Nesting: Sendable, Hashable {
        package var includeInParent: Bool?
        package var includeInRoot: Bool?
    }

    /// The last part of the name; empty for the root.
    package let name: String
    package var isEnabled = true
    package var dynamic: Dynamic?
    /// Nil for a plain object.
    package var nesting: Nesting?
    /// Fields and objects, by the last part of their name.
    package var children: [String: Node] = [:]

    package init(name: String) { self.name = name }

    /// A field or an object.
    package indirect enum Node: Sendable, Hashable {
        case field(FieldDefinition)
        case object(ObjectDefinition)
    }
}
