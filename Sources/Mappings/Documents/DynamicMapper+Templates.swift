import JSON

/// Fields by `dynamic_templates`.
extension DynamicMapper {
    func template(
        _ type: ValueType, _ name: String, level: Level
    ) throws(MappingError) -> ObjectDefinition.Node? {
        let path = level.fullName(name)
        for template in mapping.definition.dynamicTemplates ?? [] where template.matches(name, path: path, type.name) {
            return try node(of: template, type, name)
        }
        return nil
    }

    /// The mapping of a template for a field, with `{name}` and `{dynamic_type}` replaced.
    func node(
        of template: DynamicTemplate, _ type: ValueType, _ name: String
    ) throws(MappingError) -> ObjectDefinition.Node {
        guard case .object(var mapping) = filled(template.mapping, name, type.fieldType) else {
            throw MappingError(.mapperParsing, "template must have mapping set")
        }
        if mapping["type"] == nil {
            mapping["type"] = .string(mapping["properties"] != nil ? "object" : type.fieldType)
        }
        if case .date(let format) = type, mapping["type"] == "date", mapping["format"] == nil,
            format != DateFormat.defaultPattern
        {
            mapping["format"] = .string(format)
        }
        return try MappingReader(context: self.mapping.context).node(name, mapping)
    }

    private func filled(_ value: JSONValue, _ name: String, _ type: String) -> JSONValue {
        switch value {
        case .string(let text):
            return .string(
                text.replacing("{name}", with: name).replacing("{dynamic_type}", with: type)
                    .replacing("{dynamicType}", with: type))
        case .array(let values): return .array(values.map { filled($0, name, type) })
        case .object(let object):
            return .object(
                JSONObject(
                    object.map { member in
                        (
                            key: member.key.replacing("{name}", with: name).replacing("{dynamic_type}", with: type),
                            value: filled(member.value, name, type)
                        )
                    }))
        default: return value
        }
    }
}

extension DynamicTemplate {
    /// Whether the template is for a field of this name, path and type of value.
    func matches(_ name: String, path: String, _ type: String) -> Bool {
        let isRegularExpression = matchPattern == "regex"
        func matches(_ pattern: String, _ text: String) -> Bool {
            TemplatePattern.matches(pattern, text, isRegularExpression: isRegularExpression)
        }
        if let pathMatch, !matches(pathMatch, path) { return false }
        if let match, !matches(match, name) { return false }
        if let pathUnmatch, matches(pathUnmatch, path) { return false }
        if let unmatch, matches(unmatch, name) { return false }
        guard let matchMappingType, matchMappingType != "*" else { return true }
        return matchMappingType == type
    }
}
