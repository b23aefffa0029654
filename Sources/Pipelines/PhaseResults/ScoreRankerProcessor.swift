import JSON
import Querying

/// `score-ranker-processor`: reciprocal rank fusion of a hybrid query's parts.
struct ScoreRankerProcessor: PhaseResultsProcessor {
    static let type = "score-ranker-processor"
    /// How.
    let fusion: ScoreFusion

    /// What `rank_constant` may be.
    private static let constants = 1...10_000

    init(_ settings: inout ProcessorSettings) throws {
        var constant = 60
        var weights: [Float] = []
        if let clause = try settings.object("combination") {
            var clause = try ProcessorSettings(settings.type, clause)
            let technique = try clause.optionalString("technique") ?? "rrf"
            guard technique == "rrf" else {
                throw PipelineError.illegalArgument(
                    "provided combination technique [\(technique)] is not supported: use rrf")
            }
            if let value = clause.value("rank_constant") {
                guard let number = value.int ?? value.string.flatMap({ Int($0) }) else {
                    throw PipelineError.illegalArgument("parameter [rank_constant] must be an integer")
                }
                guard Self.constants.contains(number) else {
                    throw PipelineError.illegalArgument(
                        "rank constant must be in the interval between 1 and 10000, submitted rank constant: \(number)")
                }
                constant = number
            }
            weights = try NormalizationProcessor.weights(try clause.object("parameters"))
            try clause.finish()
        }
        try NormalizationProcessor.refuseSubQueryScores(&settings)
        fusion = ScoreFusion(.reciprocalRank(constant: constant), weights: weights)
    }
}
