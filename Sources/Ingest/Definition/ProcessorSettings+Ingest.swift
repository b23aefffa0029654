import JSON
import Pipelines

extension ProcessorSettings {
    /// A text that must be there; other than texts are refused.
    mutating func text(_ name: String) throws(PipelineError) -> String {
        guard let text = try optionalText(name) else { throw fault(name, "required property is missing") }
        return text
    }

    /// A text; other than texts are refused.
    mutating func optionalText(_ name: String) throws(PipelineError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else {
            throw fault(name, "property isn't a string, but of type [\(value.javaClass)]")
        }
        return text
    }

    /// A text with fields of the document in it, which must be there.
    mutating func template(_ name: String) throws(PipelineError) -> TextTemplate {
        try TextTemplate(text(name), name, self)
    }

    /// A text with fields of the document in it.
    mutating func optionalTemplate(_ name: String) throws(PipelineError) -> TextTemplate? {
        guard let text = try optionalText(name) else { return nil }
        return try TextTemplate(text, name, self)
    }

    /// A place in documents, which must be there.
    mutating func path(_ name: String) throws(PipelineError) -> DocumentPath {
        try path(of: text(name), name)
    }

    /// A place in documents; another one if none is named.
    mutating func path(_ name: String, default fallback: DocumentPath) throws(PipelineError) -> DocumentPath {
        guard let text = try optionalText(name) else { return fallback }
        return try path(of: text, name)
    }

    private func path(of text: String, _ name: String) throws(PipelineError) -> DocumentPath {
        do { return try DocumentPath(text) } catch { throw fault(name, error.reason) }
    }

    /// A value that must be there.
    mutating func required(_ name: String) throws(PipelineError) -> JSONValue {
        guard let value = value(name) else { throw fault(name, "required property is missing") }
        return value
    }

    /// A list that must be there.
    mutating func requiredArray(_ name: String) throws(PipelineError) -> [JSONValue] {
        guard let array = try array(name) else { throw fault(name, "required property is missing") }
        return array
    }

    /// A list of texts.
    mutating func texts(_ name: String) throws(PipelineError) -> [String]? {
        guard let array = try array(name) else { return nil }
        var texts: [String] = []
        for element in array {
            guard let text = element.string else {
                throw fault(name, "must hold texts, but has one of type [\(element.javaClass)]")
            }
            texts.append(text)
        }
        return texts
    }

    /// Something that is wrong with the processor as a whole.
    func illegalArgument(_ reason: String) -> PipelineError {
        PipelineError("illegal_argument_exception", reason, details: place(nil))
    }
}
