extension LossKind {
    /// The loss within another, of the parameters that the outer one does not know.
    private static func inner(
        _ settings: inout LossSettings, for model: Model, without outer: Set<String>
    ) throws(LossError) -> any EmbeddingLoss {
        let name = try settings.text("loss", "the name of a loss")
        let kind = try named(name, for: model)
        let rest = settings.takeRest()
        guard !outer.contains(kind.name), let loss = try kind.make(rest) as? any EmbeddingLoss else {
            throw LossError(
                .badParameter, loss: settings.kind.name, parameter: "loss", reason: "loss is \(name)",
                advice: "Give the name of a loss that does not wrap another")
        }
        return loss
    }

    static let matryoshka = LossKind(
        name: "matryoshka", upstreamName: "MatryoshkaLoss", models: [.dense],
        summary: "Another loss at several widths: the first columns of vectors have to work as vectors",
        parameters: [
            LossParameter("loss", .text("mnrl"), "The loss at each width; further parameters are that loss's"),
            LossParameter("dims", nil, "The widths, such as 384, 256, 128, 64; needed"),
            LossParameter("weights", nil, "What the loss at each width is multiplied by; 1 unless given"),
        ]
    ) { settings throws(LossError) in
        let wanted = "whole numbers above 0, up to the vectors' width"
        guard
            let dims = try settings.optionalNumbers(
                "dims", wanted, where: { $0 >= 1 && $0 == $0.rounded() && $0 < 1e6 })
        else {
            throw LossError(
                .badParameter, loss: "matryoshka", parameter: "dims", reason: "dims is missing",
                advice: "Give \(wanted)")
        }
        let weights =
            try settings.optionalNumbers("weights", "one number for each of dims") { $0 >= 0 }
            ?? dims.map { _ in 1 }
        guard weights.count == dims.count else {
            throw LossError(
                .badParameter, loss: "matryoshka", parameter: "weights",
                reason: "there are \(weights.count) weights for \(dims.count) dims", advice: "Give one for each of dims"
            )
        }
        let levels = zip(dims, weights).map { Matryoshka.Level(width: Int($0), weight: $1) }
        return Matryoshka(try inner(&settings, for: .dense, without: ["matryoshka"]), levels: levels)
    }

    static func splade(chunked: Bool) -> LossKind {
        let name = chunked ? "cached-splade" : "splade"
        var parameters = [
            LossParameter("loss", .text("mnrl"), "The loss that is regularised; further parameters are that loss's"),
            LossParameter("document_weight", .number(3e-5), "The weight of the documents' FLOPS"),
            LossParameter("query_weight", .number(5e-5), "The weight of the queries' FLOPS; 0 for none"),
            LossParameter("document_threshold", nil, "Documents with at most this many words are left alone"),
            LossParameter("query_threshold", nil, "Queries with at most this many words are left alone"),
            LossParameter(
                "per_column", .flag(false),
                "Whether each column of documents has a FLOPS of its own, as in OpenSearch's training"),
            LossParameter("documents_only", .flag(false), "Whether queries count as documents"),
            LossParameter(
                "schedule", .text("quadratic"), "How the weights grow",
                choices: RegularizerSchedule.Shape.allCases.map(\.rawValue)),
            LossParameter(
                "warmup", .number(1.0 / 3.0),
                "When they have their value: a share of the steps, or a number of steps above 1"),
        ]
        if chunked { parameters.append(LossParameter("chunk", .number(32), "Rows that are encoded at a time")) }
        return LossKind(
            name: name, upstreamName: chunked ? "CachedSpladeLoss" : "SpladeLoss", models: [.sparse],
            summary: "Another loss, and the FLOPS of documents and queries, so that vectors become sparse"
                + (chunked ? "; encoded in chunks, so that memory does not limit the batch" : ""),
            parameters: parameters
        ) { settings throws(LossError) in
            let documents = Splade.Regularizer(
                weight: try settings.notNegative("document_weight"),
                threshold: try settings.optionalCount("document_threshold"))
            let queries = Splade.Regularizer(
                weight: try settings.notNegative("query_weight"),
                threshold: try settings.optionalCount("query_threshold"))
            let schedule = RegularizerSchedule(try settings.choice("schedule"), warmup: try settings.positive("warmup"))
            let documentsOnly = try settings.flag("documents_only")
            let perColumn = try settings.flag("per_column")
            let chunk = chunked ? try settings.optionalCount("chunk") : nil
            return Splade(
                try inner(&settings, for: .sparse, without: ["splade", "cached-splade"]), documents: documents,
                queries: queries.weight > 0 ? queries : nil, treatsQueriesAsDocuments: documentsOnly,
                separatesColumns: perColumn,
                schedule: schedule,
                chunk: chunk)
        }
    }
}
