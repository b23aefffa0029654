import JSON
import Pipelines
import TextAnalysis

/// `kv`: makes fields of a text such as `ip=1.2.3.4 error=REFUSED`.
struct KeyValueProcessor: DocumentProcessor {
    static let type = "kv"
    private let field: TextTemplate
    private let target: TextTemplate?
    private let fieldSplit: JavaRegularExpression
    private let valueSplit: JavaRegularExpression
    private let valueSplitText: String
    private let included: Set<String>?
    private let excluded: Set<String>
    private let keyTrimmer: Trimmer?
    private let valueTrimmer: Trimmer?
    private let stripsBrackets: Bool
    private let prefix: String
    private let ignoresMissing: Bool

    /// Takes characters off both ends.
    private struct Trimmer: Sendable {
        let pattern: JavaRegularExpression
        let nothing: JavaReplacement

        func trim(_ text: String) throws(IngestFailure) -> String {
            do { return try pattern.replacing(text, with: nothing, maximumBytes: .max) } catch {
                throw .illegalArgument(error.reason)
            }
        }
    }

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.template("field")
        target = try settings.optionalTemplate("target_field")
        fieldSplit = try Self.pattern("field_split", &settings).pattern
        (valueSplit, valueSplitText) = try Self.pattern("value_split", &settings)
        keyTrimmer = try Self.trimmer("trim_key", &settings)
        valueTrimmer = try Self.trimmer("trim_value", &settings)
        prefix = try settings.optionalText("prefix") ?? ""
        stripsBrackets = try settings.bool("strip_brackets", default: false)
        included = try settings.texts("include_keys").map(Set.init)
        excluded = try settings.texts("exclude_keys").map(Set.init) ?? []
        ignoresMissing = try settings.bool("ignore_missing", default: false)
    }

    private static func pattern(
        _ name: String, _ settings: inout ProcessorSettings
    ) throws(PipelineError) -> (pattern: JavaRegularExpression, text: String) {
        let text = try settings.text(name)
        do { return (try JavaRegularExpression(text), text) } catch { throw settings.fault(name, error.reason) }
    }

    private static func trimmer(
        _ name: String, _ settings: inout ProcessorSettings
    ) throws(PipelineError) -> Trimmer? {
        guard let characters = try settings.optionalText(name) else { return nil }
        do {
            let pattern = try JavaRegularExpression("(^([\(characters)]+))|([\(characters)]+$)")
            return Trimmer(pattern: pattern, nothing: try pattern.replacement(""))
        } catch {
            throw settings.fault(name, error.reason)
        }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let path = try field.presentPath(in: document, ignoresMissing: ignoresMissing) else { return }
        guard let text = try document.string(path, ignoreMissing: ignoresMissing) else {
            if ignoresMissing { return }
            throw .illegalArgument("field [\(path.text)] is null, cannot extract key-value pairs. ")
        }
        let parent = try target?.render(document) ?? ""
        let before = parent.isEmpty ? prefix : parent + "." + prefix
        for part in try Self.split(text, fieldSplit) {
            let pair = try Self.split(part, valueSplit, limit: 2)
            guard pair.count == 2 else {
                throw .illegalArgument("field [\(path.text)] does not contain value_split [\(valueSplitText)]")
            }
            let key = try keyTrimmer.map { (trimmer) throws(IngestFailure) in try trimmer.trim(pair[0]) } ?? pair[0]
            guard included?.contains(key) ?? true, !excluded.contains(key) else { continue }
            var value = stripsBrackets ? Self.withoutBrackets(pair[1]) : pair[1]
            if let valueTrimmer { value = try valueTrimmer.trim(value) }
            let place = try DocumentPath(before + key)
            if try document.has(place) {
                try document.append(place, .string(value))
            } else {
                try document.set(place, .string(value))
            }
        }
    }

    private static func split(
        _ text: String, _ pattern: JavaRegularExpression, limit: Int? = nil
    ) throws(IngestFailure) -> [String] {
        do { return try pattern.split(text, limit: limit) } catch { throw .illegalArgument(error.reason) }
    }

    private static func withoutBrackets(_ text: String) -> String {
        var rest = text[...]
        if let first = rest.first, "([<\"'".contains(first) { rest.removeFirst() }
        if let last = rest.last, "])>\"'".contains(last) { rest.removeLast() }
        return String(rest)
    }
}
