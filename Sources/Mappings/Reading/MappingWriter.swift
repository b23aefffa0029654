import JSON

/// Writes definitions as the JSON of `GET _mapping`: without defaults, names sorted.
struct MappingWriter {
    func json(of definition: MappingDefinition) -> JSONValue {
        var root = JSONObject()
        let object = definition.root
        if let dynamic = object.dynamic { root["dynamic"] = .string(dynamic.rawValue) }
        if !object.isEnabled { root["enabled"] = false }
        if let meta = definition.meta { root["_meta"] = meta }
        if definition.requiresRouting == true { root["_routing"] = ["required": true] }
        if let source = json(of: definition.source) { root["_source"] = source }
        for (name, value) in definition.otherMetadata.sorted(by: { $0.key < $1.key }) { root[name] = value }
        if let formats = definition.dynamicDateFormats {
            root["dynamic_date_formats"] = .array(formats.map(JSONValue.string))
        }
        if let templates = definition.dynamicTemplates, !templates.isEmpty {
            root["dynamic_templates"] = .array(templates.map(json))
        }
        if let detects = definition.dateDetection { root["date_detection"] = .bool(detects) }
        if let detects = definition.numericDetection { root["numeric_detection"] = .bool(detects) }
        if !object.children.isEmpty { root["properties"] = properties(of: object) }
        return .object(root)
    }

    private func json(of source: SourceOptions) -> JSONValue? {
        guard source != SourceOptions() else { return nil }
        var json = JSONObject()
        if !source.isEnabled { json["enabled"] = false }
        if !source.includes.isEmpty { json["includes"] = .array(source.includes.map(JSONValue.string)) }
        if !source.excludes.isEmpty { json["excludes"] = .array(source.excludes.map(JSONValue.string)) }
        return .object(json)
    }

    private func json(of template: DynamicTemplate) -> JSONValue {
        var members = JSONObject()
        if let value = template.match { members["match"] = .string(value) }
        if let value = template.pathMatch { members["path_match"] = .string(value) }
        if let value = template.unmatch { members["unmatch"] = .string(value) }
        if let value = template.pathUnmatch { members["path_unmatch"] = .string(value) }
        if let value = template.matchMappingType {
            members["match_mapping_type"] = .string(value)
        } else if template.match == nil, template.pathMatch == nil {
            members["match_mapping_type"] = "*"
        }
        if template.matchPattern == "regex" { members["match_pattern"] = "regex" }
        members["mapping"] = template.mapping
        return .object([template.name: .object(members)])
    }

    private func properties(of object: ObjectDefinition) -> JSONValue {
        .object(
            JSONObject(
                object.children.sorted { $0.key < $1.key }.map { name, node in (key: name, value: json(of: node)) }))
    }

    /// The JSON of one field or object, as it stands under its name in `properties`.
    func json(of node: ObjectDefinition.Node) -> JSONValue {
        switch node {
        case .field(let field): return json(of: field)
        case .object(let object):
            var members = JSONObject()
            if let nesting = object.nesting {
                members["type"] = "nested"
                if nesting.includeInParent == true { members["include_in_parent"] = true }
                if nesting.includeInRoot == true { members["include_in_root"] = true }
            } else if object.children.isEmpty {
                members["type"] = "object"
            }
            if let dynamic = object.dynamic { members["dynamic"] = .string(dynamic.rawValue) }
            if !object.isEnabled { members["enabled"] = false }
            if !object.children.isEmpty { members["properties"] = properties(of: object) }
            return .object(members)
        }
    }

    func json(of field: FieldDefinition) -> JSONValue {
        var members = JSONObject()
        members["type"] = .string(field.kind.rawValue)
        for specification in field.kind.parameters {
            // An analyser is shown whenever that of queries is another one.
            let isShown =
                specification.name == "analyzer" && field.kind != .completion
                && field.parameters["search_analyzer"] != nil
            if isShown {
                members["analyzer"] = field.parameters["analyzer"] ?? specification.defaultValue
                continue
            }
            guard let value = field.parameters[specification.name] else { continue }
            if specification.echo == .whenGiven || value != specification.defaultValue {
                members[specification.name] = value
            }
        }
        if !field.fields.isEmpty {
            members["fields"] = .object(
                JSONObject(
                    field.fields.sorted { $0.key < $1.key }.map { name, field in (key: name, value: json(of: field)) }))
        }
        if !field.copyTo.isEmpty { members["copy_to"] = .array(field.copyTo.map(JSONValue.string)) }
        return .object(members)
    }
}
