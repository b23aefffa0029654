extension LossKind {
    /// The losses over a cross-encoder's logits.
    static let logitKinds: [LossKind] = [
        logits(
            "bce", "BinaryCrossEntropyLoss", "Each pair by itself: is the document relevant or not",
            [
                LossParameter(
                    "pos_weight", .number(1),
                    "What positives weigh beside negatives; often the negatives for each positive")
            ]
        ) { settings throws(LossError) in BinaryCrossEntropy(positiveWeight: try settings.positive("pos_weight")) },
        logits("cross-entropy", "CrossEntropyLoss", "Which of several classes a pair belongs to", []) {
            _ throws(LossError) in CrossEntropy()
        },
        logits(
            "mse", "MSELoss", "The squared difference between a pair's logit and a teacher's score",
            [activation(.identity)]
        ) {
            settings throws(LossError) in LogitMSE(activation: try settings.choice("activation"))
        },
        logits(
            "margin-mse", "MarginMSELoss",
            "The squared difference between the margin of a document's logit over each negative's and the teacher's",
            [activation(.identity)]
        ) { settings throws(LossError) in LogitMarginMSE(activation: try settings.choice("activation")) },
        logits(
            "ce-mnrl", "MultipleNegativesRankingLoss",
            "A query's positive against documents of other rows and its own negatives",
            [
                LossParameter(
                    "negatives", .number(4), "Documents of other rows that each query is scored with; 0 for all"),
                LossParameter("scale", .number(10), "What activated logits are multiplied by"), activation(.sigmoid),
            ]
        ) { settings throws(LossError) in
            let negatives = try settings.number("negatives", "a whole number") {
                $0 >= 0 && $0 == $0.rounded() && $0 < 1e9
            }
            return PairRanking(
                negatives: negatives == 0 ? nil : Int(negatives), scale: try settings.positive("scale"),
                activation: try settings.choice("activation"))
        },
        logits(
            "listnet", "ListNetLoss",
            "The distribution of a query's logits over its documents against that of the labels",
            [activation(.identity)]
        ) { settings throws(LossError) in ListNet(activation: try settings.choice("activation")) },
        logits(
            "lambda", "LambdaLoss", "Pairs of documents in the wrong order cost as much as the order matters to nDCG",
            [
                LossParameter(
                    "weighting", .text("ndcg-loss2pp"), "What a pair of documents weighs",
                    choices: LambdaRanking.Weighting.allCases.map(\.rawValue)),
                LossParameter("mu", .number(10), "The weight of ndcg-loss2 in ndcg-loss2pp"),
            ] + lambdaParameters
        ) { settings throws(LossError) in
            let weighting: LambdaRanking.Weighting = try settings.choice("weighting")
            guard weighting != .none else {
                throw LossError(
                    .badParameter, loss: "lambda", parameter: "weighting", reason: "weighting is none",
                    advice: "Take loss ranknet, which is that")
            }
            return try lambda(&settings, weighting, mu: try settings.notNegative("mu"))
        },
        logits("ranknet", "RankNetLoss", "Pairs of documents in the wrong order cost alike", lambdaParameters) {
            settings throws(LossError) in try lambda(&settings, .none, mu: 0)
        },
    ]

    private static func logits(
        _ name: String, _ upstreamName: String, _ summary: String, _ parameters: [LossParameter],
        _ build: @escaping @Sendable (inout LossSettings) throws(LossError) -> any Loss
    ) -> LossKind {
        LossKind(
            name: name, upstreamName: upstreamName, models: [.crossEncoder], summary: summary, parameters: parameters,
            build: build)
    }

    private static func activation(_ standard: LogitActivation) -> LossParameter {
        LossParameter(
            "activation", .text(standard.rawValue), "What is applied to logits first",
            choices: LogitActivation.allCases.map(\.rawValue))
    }

    private static let lambdaParameters = [
        LossParameter("k", nil, "Pairs count with at least one document among the first k; unset for all"),
        LossParameter("sigma", .number(1), "What differences of logits are multiplied by"),
        LossParameter("eps", .number(1e-10), "The least ideal DCG"),
        LossParameter(
            "reduction_log", .text("binary"), "The base of logarithms", choices: Logarithm.allCases.map(\.rawValue)),
        activation(.identity),
    ]

    private enum Logarithm: String, CaseIterable {
        case natural
        case binary
    }

    private static func lambda(
        _ settings: inout LossSettings, _ weighting: LambdaRanking.Weighting, mu: Double
    ) throws(LossError) -> LambdaRanking {
        let logarithm: Logarithm = try settings.choice("reduction_log")
        return LambdaRanking(
            weighting: weighting, mu: mu, cutoff: try settings.optionalCount("k"),
            sigma: try settings.positive("sigma"),
            epsilon: try settings.positive("eps"), isBinary: logarithm == .binary,
            activation: try settings.choice("activation"))
    }
}
