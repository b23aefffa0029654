import JSON
import Querying

/// `rerank` with `by_field`: the value of a field becomes the score.
///
/// Source: neural-search's `ByFieldRerankProcessor`; texts of faults are its.
struct RerankByFieldProcessor: ResponseProcessor {
    static let type = RerankProcessor.type
    private let target: FieldPath
    private let removesTarget: Bool
    private let previousScore: String?

    init(_ settings: inout ProcessorSettings) throws {
        // Read by others; it has no effect here.
        _ = settings.value("context")
        var inner = try ProcessorSettings(settings.type, try settings.requiredObject("by_field"))
        target = FieldPath(try inner.string("target_field"))
        removesTarget = try inner.bool("remove_target_field", default: false)
        let keepsPrevious = try inner.bool("keep_previous_score", default: false)
        let field = try inner.optionalString("previous_score_field")
        previousScore = keepsPrevious ? field ?? RerankOptions.previousScoreField : nil
        try inner.finish()
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        var changed = hits.hits
        if changed.isEmpty || hits.total?.value == 0 { return }
        for i in changed.indices {
            guard var source = changed[i].source else {
                throw PipelineError.illegalArgument(
                    "There is no source field to be able to perform rerank on hit [\(i)]")
            }
            guard let value = target.value(in: source), !value.isNull else {
                throw PipelineError.illegalArgument("The field to rerank by is not found at hit [\(i)]")
            }
            guard case .number(let number) = value else {
                throw PipelineError.illegalArgument(
                    "The field mapping to rerank by [\(value.string ?? value.serialized())] is not Numerical")
            }
            if removesTarget {
                target.remove(from: &source)
                changed[i].source = source
            }
            if let previousScore { changed[i].keep(score: changed[i].score, as: previousScore) }
            changed[i].score = Float(number.double)
        }
        let order = changed.indices.sorted {
            let (a, b) = (changed[$0].score ?? 0, changed[$1].score ?? 0)
            return a != b ? a > b : $0 < $1
        }
        hits.hits = order.map { changed[$0] }
        hits.maxScore = hits.hits.first?.score
    }
}
