import JSON
import Querying

/// `rerank` by `ml_opensearch`: the scores of a cross-encoder become those of the hits.
///
/// The scores are raw: for most models logits, which may be negative. Hits of equal scores stay in their order. What there is beyond OpenSearch is in
/// ``RerankOptions``. Source: neural-search's `MLOpenSearchRerankProcessor` and `RescoringRerankProcessor`; texts of faults are theirs.
struct RerankProcessor: ResponseProcessor {
    static let type = "rerank"
    /// The name of this way to rerank; OpenSearch's documentation spells it with a hyphen, too.
    static let names = ["ml_opensearch", "ml-opensearch"]
    private static let otherNames = ["by_field"]

    private let model: String
    /// Nil if the definition names no fields, which is told when a search needs them.
    private let fields: PassageFields?
    private let options: RerankOptions

    init(_ settings: inout ProcessorSettings) throws {
        let context = try settings.requiredObject("context")
        fields = try PassageFields(context, maximum: settings.environment.maximumDocumentFields)
        guard let name = Self.names.first(where: settings.has) else {
            throw settings.fault(Self.names[0], "required property is missing")
        }
        var clause = try ProcessorSettings(settings.type, try settings.requiredObject(name))
        model = try clause.string("model_id")
        var options = RerankOptions()
        try options.read(&clause)
        self.options = options
        try clause.finish()
    }

    /// Reads the kind of reranking that settings ask for.
    ///
    /// - Throws: ``PipelineError``.
    static func make(_ settings: inout ProcessorSettings) throws -> any ResponseProcessor {
        let found = (names + otherNames).filter(settings.has)
        guard let first = found.first else {
            throw PipelineError.illegalArgument(
                "No rerank type found. Possible rerank types are: [\(([names[0]] + otherNames).joined(separator: ", "))]"
            )
        }
        guard found.count == 1 else {
            throw PipelineError.illegalArgument(
                "Multiple rerank types found: [\(found.joined(separator: ", "))]. Only one is permitted.")
        }
        return names.contains(first) ? try RerankProcessor(&settings) : try RerankByFieldProcessor(&settings)
    }

    func window(for body: JSONObject) -> Int? {
        (try? options.changed(by: body["ext"]?["rerank"]))?.window
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) async throws {
        let rerank = context.body["ext"]?["rerank"]
        let options = try options.changed(by: rerank)
        let query = try RerankQuery.text(rerank, in: [context.body, context.sentBody])
        if hits.hits.isEmpty || hits.total?.value == 0 { return }
        guard let fields else {
            throw PipelineError(
                "illegal_state_exception",
                "No document context found! Perhaps \"context.document_fields\" is missing from the pipeline definition?",
                status: 500)
        }
        guard let scorer = context.scorer else { throw PipelineError(SearchError.unknownModel(model)) }
        let count = min(options.window ?? hits.hits.count, hits.hits.count)
        let texts = try hits.hits.prefix(count).map { hit in
            let text = fields.passage(of: hit)
            return try options.chunking?.chunks(of: text) ?? [text]
        }
        let scores: [[Float]?]
        do {
            scores = try await TimedScoring(scorer: scorer, query: query, model: model, wait: context.wait)
                .scores(of: texts, within: options.timeout)
        } catch let error as SearchError {
            throw PipelineError(error)
        }
        let scored = scores.count { $0 != nil }
        if scored < count {
            context.extensions["rerank"] = [
                "timed_out": true, "scored": .number(JSONNumber(scored)), "candidates": .number(JSONNumber(count)),
            ]
        }
        // Without any score, what the first stage found is the answer.
        guard scored > 0 else { return }
        rescore(&hits, scores, texts, options)
    }

    /// Gives hits their new scores and order; those without stand behind, in their order.
    private func rescore(
        _ hits: inout SearchResponse.Hits, _ scores: [[Float]?], _ texts: [[String]], _ options: RerankOptions
    ) {
        var order: [(score: Float, place: Int)] = []
        var unscored: [Int] = []
        for place in hits.hits.indices {
            let chunks = place < scores.count ? scores[place] : nil
            let raw = chunks.map { options.chunking?.score($0) ?? $0[0] }
            let previous = hits.hits[place].score
            if let field = options.previousScore { hits.hits[place].keep(score: previous, as: field) }
            if options.explain {
                var explanation = RerankExplanation(model: model, score: raw, previous: previous, rank: place + 1)
                if let chunks { explanation.add(chunks, of: texts[place], isChunked: options.chunking != nil) }
                hits.hits[place].rerank = explanation.json
            }
            hits.hits[place].score = raw.map { options.activation($0) }
            if let raw { order.append((raw, place)) } else { unscored.append(place) }
        }
        // By the raw score: an activation may make equal what is not.
        order.sort { $0.score != $1.score ? $0.score > $1.score : $0.place < $1.place }
        let all = hits.hits
        hits.hits = (order.map(\.place) + unscored).map { all[$0] }
        hits.maxScore = hits.hits.first?.score
    }
}
