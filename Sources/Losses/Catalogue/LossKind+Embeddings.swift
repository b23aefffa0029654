extension LossKind {
    /// The losses over vectors; those of sparse models are named as sentence-transformers names them there.
    static let embeddingKinds: [LossKind] = [
        ranking("mnrl", "MultipleNegativesRankingLoss", .dense, chunked: false),
        ranking("cached-mnrl", "CachedMultipleNegativesRankingLoss", .dense, chunked: true),
        ranking("mnrl", "SparseMultipleNegativesRankingLoss", .sparse, chunked: false),
        marginMSE("MarginMSELoss", .dense),
        marginMSE("SparseMarginMSELoss", .sparse),
        distillation("DistillKLDivLoss", .dense),
        distillation("SparseDistillKLDivLoss", .sparse),
        triplet("TripletLoss", .dense),
        triplet("SparseTripletLoss", .sparse),
        pairOrder("cosent", "CoSENTLoss", .dense, .cosine),
        pairOrder("cosent", "SparseCoSENTLoss", .sparse, .cosine),
        pairOrder("angle", "AnglELoss", .dense, .angle),
        contrastive,
        guided,
    ]

    /// The losses around another loss over vectors.
    static let wrappingKinds: [LossKind] = [matryoshka, splade(chunked: false), splade(chunked: true)]

    private static func ranking(_ name: String, _ upstreamName: String, _ model: Model, chunked: Bool) -> LossKind {
        typealias Ranking = MultipleNegativesRanking
        let isSparse = model == .sparse
        var parameters = [
            LossParameter("scale", .number(isSparse ? 1 : 20), "What similarities are multiplied by"),
            similarity(isSparse ? .dot : .cosine),
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
            name: name, upstreamName: upstreamName, models: [model],
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
                scale: try settings.positive("scale"),
                similarity: try settings.choice("similarity"), directions: Set(directions), partition: partition,
                hardness: try settings.optionalChoice("hardness"),
                hardnessStrength: try settings.notNegative("hardness_strength"),
                chunk: chunked ? try settings.optionalCount("chunk") : nil)
        }
    }

    private static func similarity(_ standard: Similarity) -> LossParameter {
        LossParameter(
            "similarity", .text(standard.rawValue), "How vectors are compared",
            choices: Similarity.allCases.map(\.rawValue))
    }

    private static func marginMSE(_ upstreamName: String, _ model: Model) -> LossKind {
        LossKind(
            name: "margin-mse", upstreamName: upstreamName, models: [model],
            summary:
                "The squared difference between the student's margin of a document over each negative and the teacher's",
            parameters: [similarity(.dot)]
        ) { settings throws(LossError) in MarginMSE(similarity: try settings.choice("similarity")) }
    }

    private static func distillation(_ upstreamName: String, _ model: Model) -> LossKind {
        LossKind(
            name: "kl", upstreamName: upstreamName, models: [model],
            summary: "How far the student's distribution over a query's documents is from the teacher's",
            parameters: [
                similarity(.dot),
                LossParameter("temperature", .number(model == .sparse ? 2 : 1), "What all scores are divided by"),
                LossParameter("student_temperature", nil, "The same for the student's scores alone"),
                LossParameter("teacher_temperature", nil, "The same for the teacher's scores alone"),
            ]
        ) { settings throws(LossError) in
            let both = try settings.positive("temperature")
            return DistillationKL(
                similarity: try settings.choice("similarity"),
                studentTemperature: try settings.optionalPositive("student_temperature") ?? both,
                teacherTemperature: try settings.optionalPositive("teacher_temperature") ?? both)
        }
    }

    private static func distance(_ standard: Triplet.Distance) -> LossParameter {
        LossParameter(
            "distance", .text(standard.rawValue), "How far two vectors are from each other",
            choices: Triplet.Distance.allCases.map(\.rawValue))
    }

    private static func triplet(_ upstreamName: String, _ model: Model) -> LossKind {
        LossKind(
            name: "triplet", upstreamName: upstreamName, models: [model],
            summary: "Each query's positive has to be nearer than its negative, by a margin",
            parameters: [
                distance(.euclidean), LossParameter("margin", .number(5), "By how much; 0.1 to 0.5 suit the cosine"),
            ]
        ) { settings throws(LossError) in
            Triplet(distance: try settings.choice("distance"), margin: try settings.number("margin"))
        }
    }

    private static func pairOrder(
        _ name: String, _ upstreamName: String, _ model: Model, _ comparison: PairOrder.Comparison
    ) -> LossKind {
        LossKind(
            name: name, upstreamName: upstreamName, models: [model],
            summary: "Pairs of texts with a higher label have to be more alike than those with a lower one"
                + (comparison == .angle ? ", by the angle of complex numbers" : ""),
            parameters: [LossParameter("scale", .number(20), "What similarities are multiplied by")]
        ) { settings throws(LossError) in PairOrder(comparison: comparison, scale: try settings.positive("scale")) }
    }

    private static let contrastive = LossKind(
        name: "contrastive", upstreamName: "ContrastiveLoss", models: [.dense],
        summary: "Pairs with label 1 are pulled together, pairs with label 0 pushed apart until they are a margin away",
        parameters: [distance(.cosine), LossParameter("margin", .number(0.5), "How far is far enough")]
    ) { settings throws(LossError) in
        Contrastive(distance: try settings.choice("distance"), margin: try settings.number("margin"))
    }

    private static let guided = LossKind(
        name: "gist", upstreamName: "GISTEmbedLoss", models: [.dense],
        summary: "In-batch negatives that a guide model finds nearer than the positive do not count",
        parameters: [
            LossParameter("temperature", .number(0.01), "What cosines are divided by"),
            LossParameter(
                "margin_strategy", .text("absolute"), "How the margin is taken off the positive's similarity",
                choices: GuidedRanking.Margin.allCases.map(\.rawValue)),
            LossParameter("margin", .number(0), "By how much less near than the positive a negative has to be"),
            LossParameter("contrast_anchors", .flag(true), "Whether other queries compete"),
            LossParameter(
                "contrast_positives", .flag(true), "Whether the positives of other rows compete with the positive"),
        ]
    ) { settings throws(LossError) in
        GuidedRanking(
            temperature: try settings.positive("temperature"), marginStrategy: try settings.choice("margin_strategy"),
            margin: try settings.number("margin"), contrastsQueries: try settings.flag("contrast_anchors"),
            contrastsPositives: try settings.flag("contrast_positives"))
    }
}
