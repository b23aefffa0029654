import JSON
import Pipelines
import Scripting

/// A text of a processor's settings, perhaps with `{{fields}}` of the document in it.
///
/// As in OpenSearch, values stand in it as they would inside of a JSON string; `{{{field}}}` writes them as they are.
struct TextTemplate: Sendable {
    private let text: String
    private let template: MustacheTemplate?

    /// A text without fields.
    init(plain text: String) {
        self.text = text
        template = nil
    }

    /// Reads a text of a setting.
    ///
    /// - Throws: ``PipelineError`` for a tag that cannot be read.
    init(_ text: String, _ property: String, _ settings: ProcessorSettings) throws(PipelineError) {
        self.text = text
        guard text.utf8.contains(UInt8(ascii: "{")), text.contains("{{") else {
            template = nil
            return
        }
        do { template = try MustacheTemplate(text) } catch {
            throw settings.fault(property, "template cannot be read: \(error.reason)")
        }
    }

    /// The text, if no document changes it.
    var plain: String? { template == nil ? text : nil }

    /// The text for a document.
    func render(_ document: IngestDocument) throws(IngestFailure) -> String {
        guard let template else { return text }
        do { return String(decoding: try template.render(document.templateModel), as: UTF8.self) } catch {
            throw .illegalArgument("template [\(text)] cannot be filled in: \(error.reason)")
        }
    }

    /// The place that the text names.
    func path(_ document: IngestDocument) throws(IngestFailure) -> DocumentPath {
        try DocumentPath(render(document))
    }
}

/// A value of a processor's settings in which texts may be templates.
indirect enum ValueTemplate: Sendable {
    case constant(JSONValue)
    case text(TextTemplate)
    case list([ValueTemplate])
    case object([(key: TextTemplate, value: ValueTemplate)])

    /// Reads a value of a setting.
    ///
    /// - Throws: ``PipelineError`` for a tag that cannot be read.
    init(_ value: JSONValue, _ property: String, _ settings: ProcessorSettings) throws(PipelineError) {
        switch value {
        case .string(let text):
            let template = try TextTemplate(text, property, settings)
            self = template.plain == nil ? .text(template) : .constant(value)
        case .array(let elements):
            var templates: [ValueTemplate] = []
            for element in elements { templates.append(try ValueTemplate(element, property, settings)) }
            self = .list(templates)
        case .object(let object):
            var members: [(key: TextTemplate, value: ValueTemplate)] = []
            for (key, value) in object {
                members.append(
                    (try TextTemplate(key, property, settings), try ValueTemplate(value, property, settings)))
            }
            self = .object(members)
        default: self = .constant(value)
        }
    }

    /// Whether the whole is one text with fields in it.
    var isText: Bool { if case .text = self { true } else { false } }

    /// The value for a document.
    func render(_ document: IngestDocument) throws(IngestFailure) -> JSONValue {
        switch self {
        case .constant(let value): return value
        case .text(let template): return .string(try template.render(document))
        case .list(let templates):
            var elements: [JSONValue] = []
            for template in templates { elements.append(try template.render(document)) }
            return .array(elements)
        case .object(let members):
            var object = JSONObject()
            for member in members { object[try member.key.render(document)] = try member.value.render(document) }
            return .object(object)
        }
    }
}

extension TextTemplate {
    /// The path that the text names in a document; nil where the document lacks it and that is no fault.
    func presentPath(in document: IngestDocument, ignoresMissing: Bool) throws(IngestFailure) -> DocumentPath? {
        let name = try render(document)
        if name.isEmpty {
            if ignoresMissing { return nil }
            throw .illegalArgument("field path cannot be null nor empty")
        }
        let path = try DocumentPath(name)
        guard try document.has(path, failsOutOfRange: true) else {
            if ignoresMissing { return nil }
            throw .illegalArgument("field [\(path.text)] doesn't exist")
        }
        return path
    }
}
