extension LossKind {
    /// The losses over vectors.
    static let embeddingKinds: [LossKind] = [
        ranking("mnrl", "MultipleNegativesRankingLoss", [.dense], chunked: false),
        ranking("cached-mnrl", "CachedMultipleNegativesRankingLoss", [.dense], chunked: true),
    ]

    private static func ranking(_ name: String, _ upstreamName: String, _ models: Set<Model>, chunked: Bool) -> LossKind
    {
        typealias Ranking = MultipleNegativesRanking
        let isSparse = models == [.sparse]
        var parameters = [
            LossParameter("scale", .number(isSparse ? 1 : 20), "What similarities are multiplied by"),
            LossParameter(
                "similarity", .text(isSparse ? "dot" : "cosine"), "How vectors are compared",
                choices: Similarity.allCases.map(\.rawValue)),
            LossParameter(
                "directions", .texts(["query_to_doc"]), "What competes with the positives; query_to_doc always does",
                choices: Ranking.Direction.allCases.map(\.rawValue)),
            LossParameter(
                "partition", .text("joint"), "One sum over all directions, or the mean of one a direction",
                choices: Ranking.Partition.allCases.map(\.rawValue)),
            LossParameter(
                "hardness", nil, "Which negatives weigh more the harder they are",
                choices: Ranking.Hardness.allCases.map(\.rawValue)),
            LossParameter("hardness_strength", .number(0), "By how much they do"),
        ]
        if chunked { parameters.append(LossParameter("chunk", .number(32), "Rows that are encoded at a time")) }
        return LossKind(
            name: name, upstreamName: upstreamName, models: models,
            summary: "Each query's positive against all other documents of the batch"
                + (chunked ? ", encoded in chunks, so that memory does not limit the batch" : ""),
            parameters: parameters
        ) { settings throws(LossError) in
            let directions: [Ranking.Direction] = try settings.choices("directions")
            let partition: Ranking.Partition = try settings.choice("partition")
            guard directions.contains(.queryToDocument) else {
                throw LossError(
                    .badParameter, loss: name, parameter: "directions", reason: "directions lack query_to_doc",
                    advice: "Add query_to_doc, which has the positives")
            }
            guard
                partition == .joint || !directions.contains(where: { $0 == .queryToQuery || $0 == .documentToDocument })
            else {
                throw LossError(
                    .badParameter, loss: name, parameter: "partition",
                    reason:
                        "partition per_direction needs the positives in each direction, and query_to_query and doc_to_doc have none",
                    advice: "Take partition joint, or leave these directions out")
            }
            return Ranking(
                scale: try settings.number("scale", "a number above 0") { $0 > 0 },
                similarity: try settings.choice("similarity"), directions: Set(directions), partition: partition,
                hardness: try settings.optionalChoice("hardness"),
                hardnessStrength: try settings.number("hardness_strength", "a number of at least 0") { $0 >= 0 },
                chunk: chunked ? try settings.optionalCount("chunk") : nil)
        }
    }
}
