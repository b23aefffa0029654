/// The processors of search pipelines by their names.
enum SearchProcessors {
    typealias Maker<Processor> = @Sendable (inout ProcessorSettings) throws -> Processor

    static let request: [String: Maker<any RequestProcessor>] = [
        FilterQueryProcessor.type: { try FilterQueryProcessor(&$0) },
        OversampleProcessor.type: { try OversampleProcessor(&$0) },
        ScriptProcessor.type: { try ScriptProcessor(&$0) },
        NeuralQueryEnricherProcessor.type: { try NeuralQueryEnricherProcessor(&$0) },
        NeuralSparseTwoPhaseProcessor.type: { try NeuralSparseTwoPhaseProcessor(&$0) },
    ]

    static let phaseResults: [String: Maker<any PhaseResultsProcessor>] = [
        NormalizationProcessor.type: { try NormalizationProcessor(&$0) },
        ScoreRankerProcessor.type: { try ScoreRankerProcessor(&$0) },
    ]

    static let response: [String: Maker<any ResponseProcessor>] = [
        RenameFieldProcessor.type: { try RenameFieldProcessor(&$0) },
        SortProcessor.type: { try SortProcessor(&$0) },
        SplitProcessor.type: { try SplitProcessor(&$0) },
        TruncateHitsProcessor.type: { try TruncateHitsProcessor(&$0) },
        CollapseProcessor.type: { try CollapseProcessor(&$0) },
        HybridScoreExplanationProcessor.type: { HybridScoreExplanationProcessor(&$0) },
        RerankProcessor.type: { try RerankProcessor.make(&$0) },
    ]
}
