import JSON
import Pipelines

/// `dissect`: makes fields of a text by a pattern of keys.
struct DissectProcessor: DocumentProcessor {
    static let type = "dissect"
    private let field: DocumentPath
    private let pattern: DissectPattern
    private let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        let text = try settings.text("pattern")
        let separator = try settings.optionalText("append_separator") ?? ""
        ignoresMissing = try settings.bool("ignore_missing", default: false)
        do { pattern = try DissectPattern(text, separator: separator) } catch {
            throw PipelineError(error.type, error.reason, details: settings.place("pattern"))
        }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let text = try document.string(field, ignoreMissing: ignoresMissing) else {
            if ignoresMissing { return }
            throw .illegalArgument("field [\(field.text)] is null, cannot process it.")
        }
        for (name, value) in try pattern.match(text) { try document.set(DocumentPath(name), .string(value)) }
    }
}
