internal import JSON

/// Which templates can be kept.
extension TemplateSet {
    /// The form in which an index template is kept.
    func normalizedIndexTemplate(_ name: String, _ body: JSONObject) throws(OpenSearchError) -> JSONObject {
        var template = JSONObject()
        for (key, value) in body {
            switch key {
            case "index_patterns", "template", "composed_of", "priority", "version", "_meta", "data_stream",
                "allow_auto_create", "context":
                template[key] = value
            default: throw Self.unknownField(key, in: "index_template")
            }
        }
        let patterns = Self.patterns(template)
        guard !patterns.isEmpty else {
            throw .validation(["index patterns are missing"])
        }
        try Self.checkPatterns(name, patterns)
        template["index_patterns"] = .array(patterns.map { .string($0) })
        if let inner = template["template"] { template["template"] = try Self.normalizedContent(inner, name) }
        if template["composed_of"] == nil { template["composed_of"] = [] }
        let parts = template["composed_of"]?.array?.compactMap(\.string) ?? []
        let missing = parts.filter { component[$0] == nil }
        if !missing.isEmpty {
            throw OpenSearchError(
                400, "invalid_index_template_exception",
                "index_template [\(name)] invalid, cause [index template [\(name)] specifies component templates "
                    + "[\(missing.joined(separator: ", "))] that do not exist]")
        }
        let rivals = overlapping(name, template, samePriority: true)
        if !rivals.isEmpty {
            let names = rivals.map(\.name).joined(separator: ", ")
            let theirs = rivals.map { "\($0.name) => [\($0.patterns.joined(separator: ", "))]" }.joined(separator: ",")
            let priority = template["priority"]?.int ?? 0
            throw .illegalArgument(
                "index template [\(name)] has index patterns [\(patterns.joined(separator: ", "))] matching patterns from "
                    + "existing templates [\(names)] with patterns (\(theirs)) that have the same priority [\(priority)], "
                    + "multiple index templates may not match during index creation, please use a different priority")
        }
        let composition = try composed(template)
        if template["data_stream"] != nil, !composition.aliases.isEmpty {
            throw .illegalArgument("template [\(name)] has alias and data stream definitions")
        }
        return template
    }

    /// The form in which a component template is kept.
    static func normalizedComponentTemplate(_ name: String, _ body: JSONObject) throws(OpenSearchError) -> JSONObject {
        var template = JSONObject()
        for (key, value) in body {
            switch key {
            case "template", "version", "_meta", "allow_auto_create": template[key] = value
            default: throw unknownField(key, in: "component_template")
            }
        }
        guard let inner = template["template"] else {
            throw .illegalArgument(
                "Required [template]: a component template holds settings, mappings or aliases there")
        }
        template["template"] = try normalizedContent(inner, name)
        return template
    }

    /// The form in which a template of the older kind is kept.
    static func normalizedLegacyTemplate(
        _ name: String, _ body: JSONObject, order: Int?
    ) throws(OpenSearchError) -> JSONObject {
        var template = JSONObject()
        template["order"] = .number(JSONNumber(order ?? body["order"]?.int ?? 0))
        for (key, value) in body {
            switch key {
            case "index_patterns", "version", "_meta": template[key] = value
            case "order", "settings", "mappings", "aliases": break
            case "template" where value.string != nil: template["index_patterns"] = value
            default: throw unknownField(key, in: "template")
            }
        }
        let patterns = patterns(template)
        guard !patterns.isEmpty else { throw .validation(["index patterns are missing"]) }
        try checkPatterns(name, patterns)
        template["index_patterns"] = .array(patterns.map { .string($0) })
        let content = try normalizedContent(.object(body), name)
        template["settings"] = content["settings"] ?? [:]
        template["mappings"] = content["mappings"] ?? [:]
        template["aliases"] = content["aliases"] ?? [:]
        return template
    }

    /// Settings, mappings and aliases of a template; settings are written nested, as text.
    private static func normalizedContent(_ value: JSONValue, _ name: String) throws(OpenSearchError) -> JSONValue {
        guard let object = value.object else {
            throw .parsing("[template] must be an object, not [\(value.token)]")
        }
        var content = JSONObject()
        if let written = object["settings"]?.object {
            let settings = try SettingsDocument(written, prefix: IndexSettings.prefix)
            do {
                try IndexSettings.validateForCreation(settings)
            } catch {
                throw OpenSearchError(
                    400, "invalid_index_template_exception",
                    "index_template [\(name)] invalid, cause [Validation Failed: 1: \(error.reason);]")
            }
            content["settings"] = settings.object(isFlat: false)
        }
        if let mappings = object["mappings"]?.object { content["mappings"] = .object(untyped(mappings)) }
        if let aliases = object["aliases"]?.object {
            var normalized = JSONObject()
            for (alias, value) in aliases {
                try IndexName.validateAlias(alias)
                normalized[alias] = .object(try AliasDefinition(value.object ?? [:]).document)
            }
            content["aliases"] = .object(normalized)
        }
        return .object(content)
    }

    private static func checkPatterns(_ name: String, _ patterns: [String]) throws(OpenSearchError) {
        for pattern in patterns {
            let fault: String? =
                if pattern.contains(" ") {
                    "index_patterns [\(pattern)] must not contain a space"
                } else if pattern.contains(",") {
                    "index_pattern [\(pattern)] must not contain a ','"
                } else if pattern.contains("#") {
                    "index_pattern [\(pattern)] must not contain a '#'"
                } else if pattern.hasPrefix("_") {
                    "index_pattern [\(pattern)] must not start with '_'"
                } else {
                    nil
                }
            if let fault {
                throw OpenSearchError(
                    400, "invalid_index_template_exception",
                    "index_template [\(name)] invalid, cause [Validation Failed: 1: \(fault);]")
            }
        }
    }

    private static func unknownField(_ key: String, in what: String) -> OpenSearchError {
        OpenSearchError(400, "x_content_parse_exception", "[1:1] [\(what)] unknown field [\(key)]")
    }
}
