import JSON

/// Reads the definition of one field.
struct FieldReader {
    let context: MappingContext

    /// Types of OpenSearch that this version has no place for at all: an index with them would answer wrongly.
    private static let refused: Set<String> = [
        "geo_shape", "xy_point", "xy_shape", "percolator", "join", "derived", "star_tree", "murmur3", "annotated_text",
        "icu_collation_keyword", "version", "context_aware_grouping", "hll",
    ]

    func read(
        _ name: String, typeName: String, _ members: JSONObject, fullName: String, isMultiField: Bool
    ) throws(MappingError) -> FieldDefinition {
        guard let kind = FieldKind(rawValue: typeName) else {
            if Self.refused.contains(typeName) {
                throw MappingError(
                    .mapperParsing,
                    "No handler for type [\(typeName)] declared on field [\(fullName)]: "
                        + "Needletail does not have this type; see its documentation for those that it has")
            }
            throw MappingError(.mapperParsing, "No handler for type [\(typeName)] declared on field [\(fullName)]")
        }
        if isMultiField, kind == .alias || kind == .semantic {
            throw MappingError(
                .mapperParsing, "Type [\(kind.rawValue)] cannot be used in multi field")
        }
        if kind == .alias { return try alias(name, members, fullName) }
        var definition = FieldDefinition(name: name, kind: kind)
        let specifications = kind.parameters
        for (key, value) in members {
            switch key {
            case "type": break
            case "fields": try readMultiFields(value, into: &definition)
            case "copy_to": definition.copyTo = MappingReader.strings(value)
            default:
                guard let specification = specifications.first(where: { $0.name == key }) else {
                    throw MappingError(
                        .mapperParsing, "unknown parameter [\(key)] on mapper [\(name)] of type [\(kind.rawValue)]")
                }
                definition.parameters[key] = try specification.normalized(
                    value, field: name, kind: kind, context: context)
            }
        }
        try check(definition)
        return definition
    }

    private func readMultiFields(_ value: JSONValue, into definition: inout FieldDefinition) throws(MappingError) {
        let fields: JSONObject
        switch value {
        case .object(let members): fields = members
        case .array(let values) where values.isEmpty: return
        default:
            throw MappingError(
                .mapperParsing,
                "expected map for property [fields] on field [fields] or [multi_fields] but got \(value.typeName)")
        }
        for (name, value) in fields {
            if name.contains(".") {
                throw MappingError(
                    .mapperParsing,
                    "Field name [\(name)] which is a multi field of [\(definition.name)] cannot contain '.'")
            }
            guard case .object(let members) = value else {
                throw MappingError(
                    .mapperParsing,
                    "illegal field [\(name)], only fields can be specified inside fields")
            }
            guard let type = members["type"] else {
                throw MappingError(.mapperParsing, "no type specified for property [\(name)]")
            }
            let typeName = ParameterSpecification.text(type)
            if typeName == "object" || typeName == "nested" {
                throw MappingError(.mapperParsing, "Type [\(typeName)] cannot be used in multi field")
            }
            definition.fields[name] = try read(
                name, typeName: typeName, members, fullName: name, isMultiField: true)
        }
    }

    private func alias(_ name: String, _ members: JSONObject, _ fullName: String) throws(MappingError)
        -> FieldDefinition
    {
        guard let path = members["path"], !path.isNull else {
            throw MappingError(.mapperParsing, "The [path] property must be specified for field [\(name)].")
        }
        let unknown = members.filter { $0.key != "type" && $0.key != "path" }.map { ($0.key, $0.value) }
        if !unknown.isEmpty {
            throw MappingError(
                .mapperParsing,
                "Mapping definition for [\(fullName)] has unsupported parameters: \(MappingReader.list(unknown))")
        }
        return FieldDefinition(
            name: name, kind: .alias, parameters: ["path": .string(ParameterSpecification.text(path))])
    }

    /// What holds between parameters.
    private func check(_ definition: FieldDefinition) throws(MappingError) {
        let name = definition.name
        switch definition.kind {
        case .text:
            if definition["index_prefixes"] != nil, !definition.bool("index", default: true) {
                throw MappingError(.illegalArgument, "Cannot set index_prefixes on unindexed field [\(name)]")
            }
            if definition.bool("index_phrases", default: false), !definition.bool("index", default: true) {
                throw MappingError(.illegalArgument, "Cannot set index_phrases on unindexed field [\(name)]")
            }
        case .keyword, .wildcard:
            if let normalizer = definition["normalizer"]?.string, normalizer != "default",
                !context.hasNormalizer(normalizer)
            {
                throw MappingError(
                    .mapperParsing, "normalizer [\(normalizer)] not found for field [\(name)]")
            }
        case .scaledFloat:
            guard let factor = definition["scaling_factor"]?.double else {
                throw MappingError(.illegalArgument, "Field [scaling_factor] is required")
            }
            guard factor > 0 else {
                throw MappingError(
                    .illegalArgument, "[scaling_factor] must be a positive number, got [\(factor)]")
            }
        case .tokenCount:
            if definition["analyzer"] == nil {
                throw MappingError(.mapperParsing, "Analyzer must be set for field [\(name)] but wasn't.")
            }
        case .constantKeyword:
            if definition["value"] == nil {
                throw MappingError(.mapperParsing, "Field [\(name)] is missing required parameter [value]")
            }
        case .semantic:
            if definition["model_id"] == nil {
                throw MappingError(
                    .mapperParsing, "model_id is required for defining a semantic field in the mapping")
            }
        default: break
        }
    }
}
