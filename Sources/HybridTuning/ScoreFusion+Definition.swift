public import JSON
public import Querying

extension ScoreFusion {
    /// The search pipeline that asks for this, as `PUT /_search/pipeline/NAME` takes it.
    ///
    /// - Returns: nil for ``ScoreFusion/Technique/bestScore``, which is what no pipeline means. Bounds are not written: no tuned setting has any.
    public var searchPipeline: JSONObject? {
        let processor: (type: String, settings: JSONValue)
        switch technique {
        case .normalized(let normalization, let combination):
            processor = (
                "normalization-processor",
                [
                    "normalization": ["technique": .string(normalization.name)],
                    "combination": combined(["technique": .string(combination.rawValue)]),
                ]
            )
        case .reciprocalRank(let constant):
            processor = (
                "score-ranker-processor",
                ["combination": combined(["technique": "rrf", "rank_constant": .number(JSONNumber(constant))])]
            )
        case .bestScore: return nil
        }
        return ["phase_results_processors": [.object([processor.type: processor.settings])]]
    }

    /// A combination with the weights, where there are any.
    private func combined(_ combination: JSONObject) -> JSONValue {
        var combination = combination
        if !weights.isEmpty {
            let values = weights.map { JSONValue.number(JSONNumber(Double("\($0)") ?? Double($0))) }
            combination["parameters"] = ["weights": .array(values)]
        }
        return .object(combination)
    }

    /// What it is called in tables: `min_max, arithmetic_mean`, `rrf 60`.
    public var title: String {
        switch technique {
        case .normalized(let normalization, let combination): "\(normalization.name), \(combination.rawValue)"
        case .reciprocalRank(let constant): "rrf \(constant)"
        case .bestScore: "best raw score"
        }
    }
}
