package import JSON

/// The settings of one processor, read one by one; what nobody read is a mistake of spelling.
///
/// Texts are OpenSearch's `ConfigurationUtils`'.
package struct ProcessorSettings {
    /// The processor's type.
    package let type: String
    /// `tag`: a name that the user gave the processor.
    package let tag: String?
    /// What the processor is for.
    package let summary: String?
    /// `ignore_failure`: whether the pipeline goes on when it fails.
    package let ignoresFailure: Bool
    /// What the definition is read with.
    var environment = PipelineEnvironment()
    private var values: JSONObject

    /// Reads what all processors have.
    ///
    /// - Throws: ``PipelineError``.
    package init(_ type: String, _ values: JSONObject) throws(PipelineError) {
        self.type = type
        self.values = values
        tag = values["tag"]?.string
        summary = values["description"]?.string
        switch values["ignore_failure"] {
        case nil, .null?, .bool(false)?, .string("false")?: ignoresFailure = false
        case .bool(true)?, .string("true")?: ignoresFailure = true
        case let other?:
            throw PipelineError(
                "parse_exception", "[ignore_failure] property isn't a boolean, but of type [\(other.javaType)]")
        }
        for key in ["tag", "description", "ignore_failure"] { self.values[key] = nil }
    }

    /// Whether there is a value.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// A value as it was sent; `nil` if there is none.
    package mutating func value(_ name: String) -> JSONValue? {
        defer { values[name] = nil }
        guard let value = values[name], !value.isNull else { return nil }
        return value
    }

    /// A text that must be there.
    package mutating func string(_ name: String) throws(PipelineError) -> String {
        guard let text = try optionalString(name) else { throw fault(name, "required property is missing") }
        return text
    }

    /// A text; numbers and booleans count as their text.
    package mutating func optionalString(_ name: String) throws(PipelineError) -> String? {
        guard let value = value(name) else { return nil }
        switch value {
        case .string(let text): return text
        case .number, .bool: return value.serialized()
        default: throw fault(name, "property isn't a string, but of type [\(value.javaType)]")
        }
    }

    /// `true` or `false`, also as text.
    package mutating func bool(_ name: String, default fallback: Bool) throws(PipelineError) -> Bool {
        guard let value = value(name) else { return fallback }
        switch value {
        case .bool(let flag): return flag
        case .string("true"): return true
        case .string("false"): return false
        default: throw fault(name, "property isn't a boolean, but of type [\(value.javaType)]")
        }
    }

    /// A whole number, also as text; `nil` if there is none.
    package mutating func int(_ name: String) throws(PipelineError) -> Int? {
        guard let value = value(name) else { return nil }
        if let number = value.int { return number }
        if let text = value.string, let number = Int(text) { return number }
        throw fault(name, "property cannot be converted to an int [\(value.string ?? value.serialized())]")
    }

    /// A number, also as text; `nil` if there is none.
    package mutating func double(_ name: String) throws(PipelineError) -> Double? {
        guard let value = value(name) else { return nil }
        if let number = value.double { return number }
        if let text = value.string, let number = Double(text) { return number }
        throw fault(name, "property cannot be converted to a double [\(value.string ?? value.serialized())]")
    }

    /// An object; `nil` if there is none.
    package mutating func object(_ name: String) throws(PipelineError) -> JSONObject? {
        guard let value = value(name) else { return nil }
        guard let object = value.object else {
            throw fault(name, "property isn't a map, but of type [\(value.javaType)]")
        }
        return object
    }

    /// An object that must be there.
    package mutating func requiredObject(_ name: String) throws(PipelineError) -> JSONObject {
        guard let object = try object(name) else { throw fault(name, "required property is missing") }
        return object
    }

    /// A list; `nil` if there is none.
    package mutating func array(_ name: String) throws(PipelineError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard let array = value.array else {
            throw fault(name, "property isn't a list, but of type [\(value.javaType)]")
        }
        return array
    }

    /// Refuses what was not read.
    package func finish() throws(PipelineError) {
        guard values.isEmpty else {
            throw PipelineError(
                "parse_exception",
                "processor [\(tag.map { "\(type):\($0)" } ?? type)] doesn't support one or more provided configuration parameters: [\(values.keys.sorted().joined(separator: ", "))]",
                details: place(nil))
        }
    }

    /// What is wrong with a property.
    package func fault(_ name: String, _ what: String) -> PipelineError {
        PipelineError("parse_exception", "[\(name)] \(what)", details: place(name))
    }

    /// Names that nobody has read.
    package var unread: [String] { values.keys.sorted() }

    /// Where a property stands, for the details of an error.
    package func place(_ property: String?) -> [(key: String, value: String)] {
        var details = [(key: "processor_type", value: type)]
        if let tag { details.append((key: "processor_tag", value: tag)) }
        if let property { details.append((key: "property_name", value: property)) }
        return details
    }
}

extension JSONValue {
    /// What Java's maps hold for such a value; it shows in OpenSearch's texts.
    var javaType: String {
        switch self {
        case .null: "null"
        case .bool: "java.lang.Boolean"
        case .number(let number): number.int == nil ? "java.lang.Double" : "java.lang.Integer"
        case .string: "java.lang.String"
        case .array: "java.util.ArrayList"
        case .object: "java.util.LinkedHashMap"
        }
    }
}
