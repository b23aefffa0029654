import JSON

/// Reads `dynamic_templates`.
struct DynamicTemplateReader {
    let context: MappingContext

    private static let mappingTypes = ["object", "string", "long", "double", "boolean", "date", "binary"]

    func read(_ json: JSONValue) throws(MappingError) -> [DynamicTemplate] {
        guard case .array(let entries) = json else {
            throw MappingError(
                .mapperParsing, "Dynamic template syntax error. An array of named objects is expected.")
        }
        var templates: [DynamicTemplate] = []
        for entry in entries {
            guard case .object(let named) = entry, named.count == 1,
                let (name, value) = named.first(where: { _ in true })
            else { throw MappingError(.mapperParsing, "A dynamic template must be defined with a name") }
            guard case .object(let members) = value else {
                throw MappingError(
                    .mapperParsing, "Dynamic template syntax error. An array of named objects is expected.")
            }
            templates.append(try template(name, members))
        }
        return templates
    }

    private func template(_ name: String, _ members: JSONObject) throws(MappingError) -> DynamicTemplate {
        guard let mapping = members["mapping"], case .object = mapping else {
            throw MappingError(.mapperParsing, "template must have mapping set")
        }
        var template = DynamicTemplate(name: name, mapping: mapping)
        for (key, value) in members {
            let text = ParameterSpecification.text(value)
            switch key {
            case "match": template.match = text
            case "unmatch": template.unmatch = text
            case "path_match": template.pathMatch = text
            case "path_unmatch": template.pathUnmatch = text
            case "match_mapping_type":
                guard text == "*" || Self.mappingTypes.contains(text) else {
                    throw MappingError(
                        .illegalArgument,
                        "No field type matched on [\(text)], possible values are "
                            + "[\(Self.mappingTypes.joined(separator: ", "))]")
                }
                template.matchMappingType = text
            case "match_pattern":
                guard text == "simple" || text == "regex" else {
                    throw MappingError(
                        .illegalArgument, "No matching pattern matched on [\(text)]")
                }
                template.matchPattern = text
            case "mapping": break
            default:
                throw MappingError(.illegalArgument, "Illegal dynamic template parameter: [\(key)]")
            }
        }
        if template.match == nil, template.pathMatch == nil, template.matchMappingType == nil {
            throw MappingError(
                .mapperParsing,
                "template must have match, path_match or match_mapping_type set "
                    + ParameterSpecification.text(.object(members)))
        }
        if template.matchPattern == "regex" {
            for pattern in [template.match, template.unmatch].compactMap({ $0 }) {
                guard TemplatePattern.isValid(regularExpression: pattern) else {
                    throw MappingError(
                        .illegalArgument,
                        "Pattern [\(pattern)] of type [regex] is invalid. Cannot create dynamic template [\(name)].")
                }
            }
        }
        if let type = mapping["type"]?.string, !type.contains("{"), type != "object", type != "nested",
            FieldKind(rawValue: type) == nil
        {
            throw MappingError(
                .mapperParsing,
                "dynamic template [\(name)] has invalid content, caused by [No mapper found for type [\(type)]]")
        }
        return template
    }
}
