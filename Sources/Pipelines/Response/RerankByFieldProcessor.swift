import JSON
import Querying

/// `rerank` with `by_field`: the value of a field becomes the score.
struct RerankByFieldProcessor: ResponseProcessor {
    static let type = "rerank"
    private let target: FieldPath
    private let removesTarget: Bool
    private let keepsPrevious: Bool
    private let previous: String

    init(_ settings: inout ProcessorSettings) throws {
        _ = settings.value("context")
        guard let clause = try settings.object("by_field") else {
            if settings.value("ml_opensearch") != nil {
                throw PipelineError.illegalArgument(
                    "rerank by [ml_opensearch] is not supported by this server yet: use [by_field], or POST /rerank")
            }
            throw PipelineError.illegalArgument("no rerank type found in processor: use [by_field]")
        }
        var inner = try ProcessorSettings(settings.type, clause)
        target = FieldPath(try inner.string("target_field"))
        removesTarget = try inner.bool("remove_target_field", default: false)
        keepsPrevious = try inner.bool("keep_previous_score", default: false)
        previous = try inner.optionalString("previous_score_field") ?? "previous_score"
        try inner.finish()
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        var changed = hits.hits
        for i in changed.indices {
            guard var source = changed[i].source else {
                throw PipelineError.illegalArgument(
                    "There is no source field to be able to perform rerank on hit [\(i)]")
            }
            guard let value = target.value(in: source) else {
                throw PipelineError.illegalArgument("The field to rerank [\(target.text)] is not found at hit [\(i)]")
            }
            guard case .number(let number) = value else {
                throw PipelineError.illegalArgument(
                    "The field mapping to rerank [\(target.text): \(value.string ?? value.serialized())] is not Numerical"
                )
            }
            if removesTarget { target.set(nil, in: &source) }
            if keepsPrevious {
                FieldPath(previous).set(changed[i].score.map { .number(JSONNumber(Double($0))) } ?? .null, in: &source)
            }
            changed[i].source = source
            changed[i].score = Float(number.double)
        }
        let order = changed.indices.sorted {
            let (a, b) = (changed[$0].score ?? 0, changed[$1].score ?? 0)
            return a != b ? a > b : $0 < $1
        }
        hits.hits = order.map { changed[$0] }
        if let first = hits.hits.first { hits.maxScore = first.score }
    }
}
