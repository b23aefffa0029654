import JSON
import Pipelines

/// `grok`: makes fields of a text by the first of some patterns that matches.
struct GrokProcessor: DocumentProcessor {
    static let type = "grok"
    private let field: DocumentPath
    private let pattern: GrokPattern
    private let tracesMatch: Bool
    private let keepsAll: Bool
    private let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        guard let texts = try settings.texts("patterns") else {
            throw settings.fault("patterns", "required property is missing")
        }
        tracesMatch = try settings.bool("trace_match", default: false)
        ignoresMissing = try settings.bool("ignore_missing", default: false)
        keepsAll = try settings.bool("capture_all_matches", default: false)
        guard !texts.isEmpty else { throw settings.fault("patterns", "List of patterns must not be empty") }
        var bank = GrokPatternBank.patterns
        for (name, value) in try settings.object("pattern_definitions") ?? [:] {
            guard let text = value.string else {
                throw settings.fault("pattern_definitions", "pattern [\(name)] isn't a string")
            }
            bank[name] = text
        }
        do {
            // As one expression: the match that begins first wins, of those the pattern that stands first.
            let whole = texts.enumerated().map { "(?<\(Self.indexField)\($0.offset)>\($0.element))" }
            pattern = try GrokPattern(whole.joined(separator: "|"), bank: bank)
        } catch {
            throw settings.fault(
                "patterns", "Invalid regex pattern found in: [\(texts.joined(separator: ", "))]. \(error.reason)")
        }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let text = try document.string(field, ignoreMissing: ignoresMissing) else {
            if ignoresMissing { return }
            throw .illegalArgument("field [\(field.text)] is null, cannot process it.")
        }
        guard let matches = try pattern.match(text, keepsAll: keepsAll) else {
            throw .illegalArgument("Provided Grok expressions do not match field value: [\(text)]")
        }
        for (name, value) in matches {
            if name.hasPrefix(Self.indexField) {
                if tracesMatch {
                    document.ingest["_grok_match_index"] = .string(String(name.dropFirst(Self.indexField.count)))
                }
            } else {
                try document.set(DocumentPath(name), value)
            }
        }
    }

    /// The beginning of the names of groups that tell which pattern matched; no field can be called so.
    private static let indexField = "_ingest._grok_match_index."
}
