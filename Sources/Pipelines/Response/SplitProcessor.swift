import JSON
import Querying
import TextAnalysis

/// `split`: makes a list of a text in every hit.
///
/// Source: OpenSearch's `SplitResponseProcessor`.
struct SplitProcessor: ResponseProcessor {
    static let type = "split"
    private let field: String
    private let target: String
    private let separator: JavaRegularExpression
    private let keepsTrailing: Bool

    init(_ settings: inout ProcessorSettings) throws {
        field = try settings.string("field")
        let pattern = try settings.string("separator")
        do { separator = try JavaRegularExpression(pattern) } catch {
            throw settings.fault("separator", "is not a regular expression: \(error)")
        }
        target = try settings.optionalString("target_field") ?? field
        keepsTrailing = try settings.bool("preserve_trailing", default: false)
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        for i in hits.hits.indices {
            if let found = hits.hits[i].fields.first(where: { $0.name == field }) {
                guard let value = found.values.first else { throw isNull }
                hits.hits[i].setField(target, try split(value))
            }
            // What is no text stays as it is.
            guard var source = hits.hits[i].source, let text = FieldPath(field).value(in: source)?.string else {
                continue
            }
            FieldPath(target).set(.array(try split(.string(text))), in: &source)
            hits.hits[i].source = source
        }
    }

    private var isNull: PipelineError { .illegalArgument("field [\(field)] is null, cannot split.") }

    private func split(_ value: JSONValue) throws -> [JSONValue] {
        guard let text = value.string else {
            throw value.isNull ? isNull : .illegalArgument("field [\(field)] is not a string, cannot split")
        }
        do { return try separator.split(text, keepsTrailing: keepsTrailing).map { .string($0) } } catch {
            throw PipelineError.illegalArgument("field [\(field)] cannot be split: \(error)")
        }
    }
}
