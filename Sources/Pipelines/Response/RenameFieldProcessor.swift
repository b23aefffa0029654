import JSON
import Querying

/// `rename_field`: gives a field of every hit another name.
///
/// A hit without the field is a fault only while no hit before it had the field, as in OpenSearch's `RenameFieldResponseProcessor`.
struct RenameFieldProcessor: ResponseProcessor {
    static let type = "rename_field"
    private let field: String
    private let target: String
    private let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws {
        field = try settings.string("field")
        target = try settings.string("target_field")
        ignoresMissing = try settings.bool("ignore_missing", default: false)
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        var found = ignoresMissing
        for i in hits.hits.indices {
            if let place = hits.hits[i].fields.firstIndex(where: { $0.name == field }) {
                hits.hits[i].fields[place].name = target
                found = true
            }
            if var source = hits.hits[i].source, let value = FieldPath(field).value(in: source) {
                FieldPath(field).set(nil, in: &source)
                FieldPath(target).set(value, in: &source)
                hits.hits[i].source = source
                found = true
            }
            if !found {
                throw PipelineError.illegalArgument("Document with id \(hits.hits[i].id) is missing field \(field)")
            }
        }
    }
}
