import JSON
import Pipelines
import Querying

/// `remove`: takes fields out, or all but some.
struct RemoveProcessor: DocumentProcessor {
    static let type = "remove"
    private var fields: [TextTemplate] = []
    private var kept: [TextTemplate]?
    private let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        let field = settings.value("field")
        let excluded = settings.value("exclude_field")
        guard (field == nil) != (excluded == nil) else {
            throw field == nil
                ? settings.fault("field", "required property is missing")
                : settings.fault("field", "ether field or exclude_field must be set")
        }
        if let field { fields = try Self.templates(field, "field", settings) }
        if let excluded { kept = try Self.templates(excluded, "exclude_field", settings) }
        ignoresMissing = try settings.bool("ignore_missing", default: false)
    }

    private static func templates(
        _ value: JSONValue, _ name: String, _ settings: ProcessorSettings
    ) throws(PipelineError) -> [TextTemplate] {
        var templates: [TextTemplate] = []
        for element in value.array ?? [value] {
            guard let text = element.string else {
                throw settings.fault(
                    name, "property isn't a string or a list of them, but of type [\(value.javaClass)]")
            }
            templates.append(try TextTemplate(text, name, settings))
        }
        return templates
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        if let kept {
            var names = Set(IngestDocument.metadata)
            for template in kept { names.insert(try template.render(document)) }
            document.fields = JSONObject(document.fields.filter { names.contains($0.key) })
            return
        }
        for template in fields {
            let name = try template.render(document)
            if name.isEmpty {
                if ignoresMissing { continue }
                throw .illegalArgument("field path cannot be null nor empty")
            }
            let path = try DocumentPath(name)
            guard try document.has(path) else {
                if ignoresMissing { continue }
                throw .illegalArgument("field [\(name)] doesn't exist")
            }
            if ["_index", "_version", "_version_type"].contains(name) {
                throw .illegalArgument("cannot remove metadata field [\(name)]")
            }
            let versions = document.metadata("_version_type") ?? "internal"
            if name == "_id", versions != "internal" {
                throw .illegalArgument(
                    "cannot remove metadata field [_id] when specifying external version for the document, version: "
                        + "\(document.metadata("_version") ?? "null"), version_type: \(versions)")
            }
            try document.remove(path)
        }
    }
}

/// `remove_by_pattern`: takes out fields at the top whose names fit patterns with `*`, or all others.
struct RemoveByPatternProcessor: DocumentProcessor {
    static let type = "remove_by_pattern"
    private let patterns: [String]
    private let keepsMatches: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        let removed = settings.value("field_pattern")
        let kept = settings.value("exclude_field_pattern")
        guard (removed == nil) != (kept == nil), let value = removed ?? kept else {
            throw settings.fault("field_pattern", "either field_pattern or exclude_field_pattern must be set")
        }
        keepsMatches = removed == nil
        patterns = (value.array ?? [value]).compactMap(\.string)
        let name = keepsMatches ? "exclude_field_pattern" : "field_pattern"
        guard !patterns.isEmpty, patterns.count == (value.array ?? [value]).count else {
            throw settings.fault(name, "property isn't a string or a list of them")
        }
        for pattern in patterns {
            if pattern.contains(" ") || pattern.contains(",") || pattern.hasPrefix("_") {
                throw settings.fault(name, "\(name) [\(pattern)] must not start with '_', and not contain ' ' or ','")
            }
        }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        document.fields = JSONObject(
            document.fields.filter { member in
                IngestDocument.metadata.contains(member.key)
                    || patterns.contains { Wildcard.matches($0, member.key) } == keepsMatches
            })
    }
}
