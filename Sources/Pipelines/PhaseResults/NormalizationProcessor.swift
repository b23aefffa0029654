import JSON
import Querying

/// `normalization-processor`: makes the scores of a hybrid query's parts comparable and combines them.
struct NormalizationProcessor: PhaseResultsProcessor {
    static let type = "normalization-processor"
    /// How.
    let fusion: ScoreFusion

    /// How far the sum of weights may be from 1.
    private static let tolerance: Float = 0.01

    init(_ settings: inout ProcessorSettings) throws {
        var normalization = ScoreNormalization.minMax(lowerBounds: [], upperBounds: [])
        if let clause = try settings.object("normalization") {
            var clause = try ProcessorSettings(settings.type, clause)
            let technique = try clause.optionalString("technique") ?? "min_max"
            let parameters = try clause.object("parameters") ?? JSONObject()
            normalization = try Self.normalization(technique, parameters)
            try clause.finish()
        }
        var combination = ScoreCombination.arithmeticMean
        var weights: [Float] = []
        if let clause = try settings.object("combination") {
            var clause = try ProcessorSettings(settings.type, clause)
            let technique = try clause.optionalString("technique") ?? "arithmetic_mean"
            guard let known = ScoreCombination(rawValue: technique) else {
                throw PipelineError.illegalArgument("provided combination technique is not supported")
            }
            combination = known
            weights = try Self.weights(try clause.object("parameters"))
            try clause.finish()
        }
        if case .zScore = normalization, combination != .arithmeticMean {
            throw PipelineError.illegalArgument("Z Score supports only arithmetic_mean combination technique")
        }
        try Self.refuseSubQueryScores(&settings)
        fusion = ScoreFusion(.normalized(normalization, combination), weights: weights)
    }

    /// `sub_query_scores`: hits with the scores of each part, which there are not; `false` is taken.
    static func refuseSubQueryScores(_ settings: inout ProcessorSettings) throws(PipelineError) {
        if try settings.bool("sub_query_scores", default: false) {
            throw settings.fault(
                "sub_query_scores", "true is not supported by this server: `explain` shows the scores of each query")
        }
    }

    /// Reads `parameters.weights` of a combination.
    static func weights(_ parameters: JSONObject?) throws(PipelineError) -> [Float] {
        guard let parameters, !parameters.isEmpty else { return [] }
        if parameters.keys != ["weights"] {
            throw .illegalArgument(
                "provided parameter for combination technique is not supported. supported parameters are [weights]")
        }
        guard let values = parameters["weights"]?.array else {
            throw .illegalArgument("parameter [weights] must be a collection of numbers")
        }
        var weights: [Float] = []
        for value in values {
            guard let number = value.double else {
                throw .illegalArgument("parameter [weights] must be a collection of numbers")
            }
            weights.append(Float(number))
        }
        if !weights.allSatisfy({ 0 <= $0 && $0 <= 1 }) {
            throw .illegalArgument("all weights must be in range [0.0 ... 1.0], submitted weights: \(weights)")
        }
        if !weights.isEmpty, abs(weights.reduce(0, +) - 1) > tolerance {
            throw .illegalArgument(
                "sum of weights for combination must be equal to 1.0, submitted weights: \(weights)")
        }
        return weights
    }

    private static func normalization(
        _ technique: String, _ parameters: JSONObject
    ) throws(PipelineError) -> ScoreNormalization {
        switch technique {
        case "min_max":
            try checkNames(parameters, ["lower_bounds", "upper_bounds"])
            return .minMax(
                lowerBounds: try bounds(parameters, "lower_bounds", "min_score", 0),
                upperBounds: try bounds(parameters, "upper_bounds", "max_score", 1))
        case "l2", "z_score":
            try checkNames(parameters, [])
            return technique == "l2" ? .l2 : .zScore
        default: throw .illegalArgument("provided normalization technique is not supported")
        }
    }

    private static func checkNames(_ parameters: JSONObject, _ known: [String]) throws(PipelineError) {
        guard let other = parameters.keys.first(where: { !known.contains($0) }) else { return }
        throw .illegalArgument(
            "unrecognized parameter [\(other)] in normalization technique; supported are [\(known.joined(separator: ", "))]"
        )
    }

    private static func bounds(
        _ parameters: JSONObject, _ name: String, _ scoreName: String, _ fallback: Float
    ) throws(PipelineError) -> [ScoreBound] {
        guard let value = parameters[name] else { return [] }
        guard let items = value.array else { throw .illegalArgument("\(name) must be a List") }
        if items.count > HybridQuery.maximumQueries {
            throw .illegalArgument(
                "\(name) size \(items.count) should be less than or equal to \(HybridQuery.maximumQueries)")
        }
        var bounds: [ScoreBound] = []
        for item in items {
            guard let object = item.object else { throw .illegalArgument("each \(name.dropLast()) must be a map") }
            var bound = ScoreBound(score: fallback)
            if let mode = object["mode"] {
                guard let known = mode.string.flatMap({ ScoreBound.Mode(rawValue: $0.lowercased()) }) else {
                    let names = ScoreBound.Mode.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .illegalArgument(
                        "invalid mode: \(mode.string ?? mode.serialized()), valid values are: \(names)")
                }
                bound.mode = known
            }
            if let score = object[scoreName] {
                guard let number = score.double ?? score.string.flatMap({ Double($0) }) else {
                    throw .illegalArgument("invalid format for \(scoreName): must be a valid float value")
                }
                guard ScoreBound.allowed.contains(Float(number)) else {
                    throw .illegalArgument(
                        "\(scoreName) must be a valid finite number between \(ScoreBound.allowed.lowerBound) and \(ScoreBound.allowed.upperBound)"
                    )
                }
                bound.score = Float(number)
            }
            bounds.append(bound)
        }
        return bounds
    }
}
