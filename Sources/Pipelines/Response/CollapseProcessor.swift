import JSON
import Querying

/// `collapse`: keeps the first hit of each value of a field.
struct CollapseProcessor: ResponseProcessor {
    static let type = "collapse"
    private let field: String
    private let prefix: String?

    init(_ settings: inout ProcessorSettings) throws {
        field = try settings.string("field")
        prefix = try settings.optionalString("context_prefix")
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        if let known = context.attributes[contextName("collapse_field", prefix: prefix)]?.string, known != field {
            throw PipelineError.illegalArgument("the hits are collapsed by [\(known)] already, not by [\(field)]")
        }
        var seen: Set<JSONValue> = []
        var kept: [SearchHit] = []
        for hit in hits.hits {
            guard let values = hit.values(of: field), values.count == 1 else {
                throw PipelineError.illegalArgument(
                    hit.values(of: field) == nil
                        ? "Document with id \(hit.id) is missing field \(field)"
                        : "Failed to collapse: document with id \(hit.id) has several values in \(field)")
            }
            if seen.insert(values[0]).inserted { kept.append(hit) }
        }
        context.attributes[contextName("collapse_field", prefix: prefix)] = .string(field)
        hits.hits = kept
    }
}
