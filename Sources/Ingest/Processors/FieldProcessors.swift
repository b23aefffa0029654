import JSON
import Pipelines

/// `set`: gives a field a value.
struct SetProcessor: DocumentProcessor {
    static let type = "set"
    private let field: TextTemplate
    private let value: ValueTemplate
    private let overrides: Bool
    private let ignoresEmpty: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.template("field")
        value = try ValueTemplate(settings.required("value"), "value", settings)
        overrides = try settings.bool("override", default: true)
        ignoresEmpty = try settings.bool("ignore_empty_value", default: false)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        let path = try field.path(document)
        if !overrides, try document.has(path), !(try document.value(path).isNull) { return }
        let value = try value.render(document)
        if ignoresEmpty, self.value.isText, value == "" { return }
        try document.set(path, value)
    }
}

/// `append`: adds to a list.
struct AppendProcessor: DocumentProcessor {
    static let type = "append"
    private let field: TextTemplate
    private let value: ValueTemplate
    private let allowsDuplicates: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.template("field")
        value = try ValueTemplate(settings.required("value"), "value", settings)
        allowsDuplicates = try settings.bool("allow_duplicates", default: true)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        try document.append(field.path(document), value.render(document), allowsDuplicates: allowsDuplicates)
    }
}

/// `rename`: moves a field.
struct RenameProcessor: DocumentProcessor {
    static let type = "rename"
    private let field: TextTemplate
    private let target: TextTemplate
    private let ignoresMissing: Bool
    private let overrides: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.template("field")
        target = try settings.template("target_field")
        ignoresMissing = try settings.bool("ignore_missing", default: false)
        overrides = try settings.bool("override_target", default: false)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let path = try field.presentPath(in: document, ignoresMissing: ignoresMissing) else { return }
        let target = try self.target.path(document)
        if try document.has(target, failsOutOfRange: true), !overrides {
            throw .illegalArgument("field [\(target.text)] already exists")
        }
        let value = try document.value(path)
        try document.remove(path)
        do { try document.set(target, value) } catch {
            try document.set(path, value)
            throw error
        }
    }
}

/// `copy`: copies a field.
struct CopyProcessor: DocumentProcessor {
    static let type = "copy"
    private let source: TextTemplate
    private let target: TextTemplate
    private let ignoresMissing: Bool
    private let removesSource: Bool
    private let overrides: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        source = try settings.template("source_field")
        target = try settings.template("target_field")
        ignoresMissing = try settings.bool("ignore_missing", default: false)
        removesSource = try settings.bool("remove_source", default: false)
        overrides = try settings.bool("override_target", default: false)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        let name = try source.render(document)
        if name.isEmpty {
            if ignoresMissing { return }
            throw .illegalArgument("source field path cannot be null nor empty")
        }
        let source = try DocumentPath(name)
        guard try document.has(source, failsOutOfRange: true) else {
            if ignoresMissing { return }
            throw .illegalArgument("source field [\(name)] doesn't exist")
        }
        let targetName = try target.render(document)
        guard !targetName.isEmpty else { throw .illegalArgument("target field path cannot be null nor empty") }
        guard targetName != name else {
            throw .illegalArgument("source field path and target field path cannot be same")
        }
        let target = try DocumentPath(targetName)
        if !overrides, try document.has(target, failsOutOfRange: true), !(try document.value(target).isNull) {
            throw .illegalArgument("target field [\(targetName)] already exists")
        }
        try document.set(target, document.value(source))
        if removesSource { try document.remove(source) }
    }
}

/// `dot_expander`: makes objects of a member whose name has dots.
struct DotExpanderProcessor: DocumentProcessor {
    static let type = "dot_expander"
    private let field: String
    private let path: DocumentPath?

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.text("field")
        guard field.contains(".") else { throw settings.fault("field", "field does not contain a dot") }
        guard !field.hasPrefix("."), !field.hasSuffix(".") else {
            throw settings.fault("field", "Field can't start or end with a dot")
        }
        guard !field.contains("..") else { throw settings.fault("field", "No space between dots") }
        if let text = try settings.optionalText("path") {
            do { path = try DocumentPath(text) } catch { throw settings.fault("path", error.reason) }
        } else {
            path = nil
        }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        var parent = JSONValue.object(document.fields)
        if let path {
            parent = try document.value(path)
            guard parent.object != nil else { throw IngestDocument.cast(path, parent, to: "java.util.Map") }
        }
        guard var object = parent.object, let value = object[field] else { return }
        let full = try DocumentPath(path.map { $0.text + "." + field } ?? field)
        let isThere = try document.has(full)
        if !isThere {
            for count in 1..<full.elements.count {
                let part = try DocumentPath(full.elements.prefix(count).joined(separator: "."))
                guard try document.has(part) else { break }
                if try document.value(part).object == nil {
                    throw .illegalArgument(
                        "cannot expend [\(full.text)], because [\(part.text)] is not an object field, but a value field"
                    )
                }
            }
        }
        object[field] = nil
        if let path { try document.set(path, .object(object)) } else { document.fields = object }
        if isThere { try document.append(full, value) } else { try document.set(full, value) }
    }
}
