import JSON

/// Reads the JSON of a mapping into definitions, and refuses what OpenSearch refuses.
struct MappingReader {
    let context: MappingContext

    func read(_ json: JSONValue) throws(MappingError) -> MappingDefinition {
        var definition = MappingDefinition()
        if json.isNull { return definition }
        guard case .object(var members) = json else {
            throw MappingError(.parse, "Expected a mapping object, but found \(json.typeName)")
        }
        if members.count == 1, case .object(let inner)? = members["_doc"] { members = inner }
        var unknown: [(String, JSONValue)] = []
        for (key, value) in members {
            if try readObjectMember(key, value, into: &definition.root, path: "") { continue }
            if try readRootMember(key, value, into: &definition) { continue }
            unknown.append((key, value))
        }
        if !unknown.isEmpty {
            throw MappingError(
                .mapperParsing, "Root mapping definition has unsupported parameters: \(Self.list(unknown))")
        }
        return definition
    }

    // MARK: Root

    private func readRootMember(
        _ key: String, _ value: JSONValue, into definition: inout MappingDefinition
    ) throws(MappingError) -> Bool {
        switch key {
        case "date_detection": definition.dateDetection = try boolean(value, key)
        case "numeric_detection": definition.numericDetection = try boolean(value, key)
        case "date_formats", "dynamic_date_formats": definition.dynamicDateFormats = try dateFormats(value)
        case "dynamic_templates":
            definition.dynamicTemplates = try DynamicTemplateReader(context: context).read(value)
        case "_meta":
            guard case .object = value else {
                throw MappingError(.mapperParsing, "[_meta] must be an object, got \(value.typeName)")
            }
            definition.meta = value
        case "_source": definition.source = try sourceOptions(value)
        case "_routing":
            guard case .object(let members) = value else { throw notConfigurable(key) }
            for (name, value) in members {
                guard name == "required" else { throw unknownParameter(name, of: key) }
                definition.requiresRouting = try boolean(value, "required")
            }
        case "_field_names", "_size", "_data_stream_timestamp", "_doc_count":
            definition.otherMetadata[key] = value
        case "_id", "_index", "_ignored", "_seq_no", "_version", "_type", "_nested_path": throw notConfigurable(key)
        default: return false
        }
        return true
    }

    private func notConfigurable(_ name: String) -> MappingError {
        MappingError(.mapperParsing, "\(name) is not configurable")
    }

    private func unknownParameter(_ name: String, of field: String) -> MappingError {
        MappingError(.mapperParsing, "unknown parameter [\(name)] on metadata field [\(field)]")
    }

    private func dateFormats(_ value: JSONValue) throws(MappingError) -> [String] {
        var formats: [String] = []
        switch value {
        case .array(let values):
            for value in values {
                let format = ParameterSpecification.text(value)
                if format.hasPrefix("epoch_") {
                    throw MappingError(
                        .mapperParsing, "Epoch [\(format)] is not supported as dynamic date format")
                }
                formats.append(format)
            }
        case .string("none"): break
        default: formats = [ParameterSpecification.text(value)]
        }
        for format in formats { _ = try DateFormat(format) }
        return formats
    }

    private func sourceOptions(_ value: JSONValue) throws(MappingError) -> SourceOptions {
        guard case .object(let members) = value else { throw notConfigurable("_source") }
        var options = SourceOptions()
        for (name, value) in members {
            switch name {
            case "enabled": options.isEnabled = try boolean(value, "enabled")
            case "includes": options.includes = Self.strings(value)
            case "excludes": options.excludes = Self.strings(value)
            case "compress", "compress_threshold", "recovery_source_enabled", "recovery_source_includes",
                "recovery_source_excludes":
                break
            default: throw unknownParameter(name, of: "_source")
            }
        }
        return options
    }

    // MARK: Objects

    /// Reads a member that all objects have; false if it is something else.
    private func readObjectMember(
        _ key: String, _ value: JSONValue, into object: inout ObjectDefinition, path: String
    ) throws(MappingError) -> Bool {
        switch key {
        case "dynamic":
            let text = ParameterSpecification.text(value).lowercased()
            switch text {
            case "strict": object.dynamic = .strict
            case "strict_allow_templates": object.dynamic = .strictAllowTemplates
            case "false_allow_templates": object.dynamic = .falseAllowTemplates
            default: object.dynamic = try boolean(value, "dynamic.dynamic") ? .true : .false
            }
        case "enabled": object.isEnabled = try boolean(value, "enabled.enabled")
        case "properties":
            if case .array(let values) = value, values.isEmpty { return true }
            guard case .object(let members) = value else {
                throw MappingError(.parse, "properties must be a map type")
            }
            try readProperties(members, into: &object, path: path)
        case "include_in_all": break
        default: return false
        }
        return true
    }

    private func readProperties(
        _ members: JSONObject, into object: inout ObjectDefinition, path: String
    ) throws(MappingError) {
        for (name, value) in members {
            if case .array(let values) = value, values.isEmpty { continue }
            guard case .object(let field) = value else {
                throw MappingError(
                    .mapperParsing,
                    "Expected map for property [fields] on field [\(name)] but got a "
                        + "class java.lang.\(ParameterSpecification.className(value))")
            }
            let parts = try Self.parts(ofMapped: name)
            let node = try readNode(parts[parts.count - 1], field, path: path, fullName: name)
            try insert(node, at: parts[...], into: &object, path: path)
        }
    }

    /// Puts a node under a dotted name, making the objects between.
    private func insert(
        _ node: ObjectDefinition.Node, at parts: ArraySlice<String>, into object: inout ObjectDefinition, path: String
    ) throws(MappingError) {
        let name = parts[parts.startIndex]
        var added = node
        if parts.count > 1 {
            var intermediate = ObjectDefinition(name: name)
            try insert(node, at: parts.dropFirst(), into: &intermediate, path: path + name + ".")
            added = .object(intermediate)
        }
        if let existing = object.children[name] {
            added = try MappingMerger(context: context).merge(existing, added, path: path + name)
        }
        object.children[name] = added
    }

    /// The field or object of a name that a dynamic template maps; dots in the name stay.
    func node(_ name: String, _ members: JSONObject) throws(MappingError) -> ObjectDefinition.Node {
        try readNode(name, members, path: "", fullName: name)
    }

    private func readNode(
        _ name: String, _ members: JSONObject, path: String, fullName: String
    ) throws(MappingError) -> ObjectDefinition.Node {
        let typeName: String
        if let type = members["type"] {
            typeName = ParameterSpecification.text(type)
        } else if members["properties"] != nil || (members.count == 1 && members["enabled"] != nil) {
            typeName = "object"
        } else {
            throw MappingError(.mapperParsing, "No type specified for field [\(fullName)]")
        }
        if typeName == "object" || typeName == "nested" {
            return .object(try readObject(name, members, isNested: typeName == "nested", path: path, fullName))
        }
        let reader = FieldReader(context: context)
        return .field(try reader.read(name, typeName: typeName, members, fullName: fullName, isMultiField: false))
    }

    private func readObject(
        _ name: String, _ members: JSONObject, isNested: Bool, path: String, _ fullName: String
    ) throws(MappingError) -> ObjectDefinition {
        var object = ObjectDefinition(name: name)
        if isNested { object.nesting = ObjectDefinition.Nesting() }
        var unknown: [(String, JSONValue)] = []
        for (key, value) in members {
            if key == "type" { continue }
            if try readObjectMember(key, value, into: &object, path: path + name + ".") { continue }
            if isNested, key == "include_in_parent" {
                object.nesting?.includeInParent = try boolean(value, key)
            } else if isNested, key == "include_in_root" {
                object.nesting?.includeInRoot = try boolean(value, key)
            } else {
                unknown.append((key, value))
            }
        }
        if !unknown.isEmpty {
            throw MappingError(
                .mapperParsing,
                "Mapping definition for [\(fullName)] has unsupported parameters: \(Self.list(unknown))")
        }
        return object
    }

    // MARK: Small things

    private func boolean(_ value: JSONValue, _ name: String) throws(MappingError) -> Bool {
        do { return try ParameterSpecification.boolean(value) } catch {
            throw MappingError(
                .illegalArgument,
                "Could not convert [\(name)] to boolean", cause: error)
        }
    }

    static func strings(_ value: JSONValue) -> [String] {
        if case .array(let values) = value { return values.map(ParameterSpecification.text) }
        return [ParameterSpecification.text(value)]
    }

    /// ` [key : value] [key : value]`, as OpenSearch lists what it does not know.
    static func list(_ members: [(String, JSONValue)]) -> String {
        members.map { " [\($0.0) : \(ParameterSpecification.text($0.1))]" }.joined()
    }

    /// The parts of a name in `properties`; a name that is only dots, or has an empty part, is refused.
    static func parts(ofMapped name: String) throws(MappingError) -> [String] {
        guard name.utf8.contains(UInt8(ascii: ".")) else {
            if name.isEmpty { throw MappingError(.illegalArgument, "name cannot be empty string") }
            return [name]
        }
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // As Java's split: empty parts at the end are dropped.
        while let last = parts.last, last.isEmpty { parts.removeLast() }
        guard !parts.isEmpty else { throw MappingError(.mapperParsing, "Invalid field name \(name)") }
        if parts.contains("") { throw MappingError(.illegalArgument, "name cannot be empty string") }
        return parts
    }
}
