import Encoders
import JSON
import ModelFiles
import NegativeMining
import QueryGeneration
import QueryPrompting
import RandomNumbers
import Relevance
import Tensors

/// Makes queries of the documents: without a language model, of a model's answers, or those that were given.
struct GenerateQueries: Phase {
    static let name = "QueryGenerator"

    static func record(_ folder: RunFolder) -> String { folder.path + "/training-data/queries.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let corpus = try CorpusDocuments(context.folder)
        let settings = context.parameters.queries
        var result: JSONObject
        var queries: [TrainingQuery]
        if settings.source == .file {
            (queries, result) = try given(corpus, context)
        } else {
            (queries, result) = try made(corpus, context)
        }
        if let maximum = settings.maximum, queries.count > maximum { queries.removeLast(queries.count - maximum) }
        guard !queries.isEmpty else {
            throw FineTuningError(
                .queries, field: "queries.round_trip", "no query is left of \(corpus.count) documents",
                advice:
                    "Look at \(context.folder.generation), which says why each was dropped; longer documents, more draws or a deeper round trip help"
            )
        }
        try RunFiles.write(lines: queries.lazy.map(\.line), to: context.folder.queries)
        result["path"] = .string(context.folder.queries)
        result["query_count"] = .number(JSONNumber(queries.count))
        return result
    }

    // MARK: Made

    /// Queries of the program itself, or of a language model's answers, as far as a search finds their documents.
    private func made(_ corpus: CorpusDocuments, _ context: PhaseContext) throws -> ([TrainingQuery], JSONObject) {
        let settings = context.parameters.queries
        let pool = context.pool
        let base =
            try settings.roundTrip != nil && settings.roundTripSearch.contains(.base)
            ? BaseModel(context, pool: pool) : nil
        let sources: QueryGenerator.Sources = { texts, control in
            var sources: [any CandidateSource] = []
            if settings.roundTripSearch.contains(.words) {
                sources.append(
                    try BM25Source(
                        documents: texts, analyzer: context.parameters.mining.analyzer, pool: pool, control: control))
            }
            if let source = try base?.source(texts, pool: pool, control: control) { sources.append(source) }
            return sources
        }
        do {
            let generator = try QueryGenerator(
                corpus.documents, options: options(context.parameters), analyzer: context.parameters.mining.analyzer)
            let control = context.control(unit: "documents")
            let made: GeneratedQueries
            if settings.source == .embedded {
                made = try generator.generate(sources: sources, control: control)
            } else {
                let answers = try BatchOutput.read(folder: context.folder.batchOutput)
                let asked = try PromptedQueries(corpus.documents, settings.prompt(), answers)
                made = try generator.filter(
                    asked.candidates, report: asked.report, sources: sources, control: control)
            }
            try RunFiles.write(made.report.detailed, to: context.folder.generation)
            try made.writeRecord(to: context.folder.queryRecord)
            let digits = "\(made.pairs.count)".count
            let queries = made.pairs.enumerated().map { number, pair in
                TrainingQuery(
                    id: Self.id(number + 1, digits: digits), query: pair.query, document: pair.text,
                    documentID: corpus.documents[pair.document].id, type: pair.kind.rawValue)
            }
            return (queries, ["report": made.report.json])
        } catch let error as MiningError where error.code != .cancelled {
            throw FineTuningError(error, .queries, field: "queries")
        } catch let error as PromptingError {
            throw FineTuningError(error)
        }
    }

    private func options(_ parameters: FineTuningParameters) -> GenerationOptions {
        let settings = parameters.queries
        var options = GenerationOptions()
        if settings.source == .embedded {
            options.makesTitles = settings.makesTitles
            options.draws = settings.draws
        }
        options.spanShare = settings.spanShare
        options.wordShare = settings.wordShare
        options.roundTripDepth = settings.roundTrip
        options.seed = UInt64(parameters.seed)
        return options
    }

    /// Numbers with zeros in front, so that ids sort as they were drawn; no document's id, by custom.
    static func id(_ number: Int, digits: Int) -> String {
        let text = "\(number)"
        return "query-" + String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    // MARK: Given

    /// The queries of a file with the ids of the documents that answer them.
    private func given(_ corpus: CorpusDocuments, _ context: PhaseContext) throws -> ([TrainingQuery], JSONObject) {
        let path = context.parameters.queries.path ?? ""
        var queries: [TrainingQuery] = []
        var seen: Set<String> = []
        var missing = 0
        var repeated = 0
        do {
            try RunFiles.eachLine(path) { (line, number) throws(FineTuningError) in
                func fault(_ reason: String, _ advice: String) -> FineTuningError {
                    FineTuningError(
                        .queries, field: "queries.path", path: "\(path), line \(number)", reason, advice: advice)
                }
                guard let query = line["query"]?.string, query.contains(where: { !$0.isWhitespace }) else {
                    throw fault("there is no 'query'", "Give a text")
                }
                guard let id = line["doc_id"]?.string else {
                    throw fault("there is no 'doc_id'", "Give the id of the document that answers the query")
                }
                guard let document = corpus[id] else {
                    missing += 1
                    return
                }
                guard seen.insert(TrainingQuery.folded(query) + "\u{0}" + id).inserted else {
                    repeated += 1
                    return
                }
                queries.append(
                    TrainingQuery(
                        id: "", query: query, document: document.titleAndText, documentID: id,
                        type: line["type"]?.string ?? "given"))
            }
        } catch {
            throw FineTuningError(error, .queries, field: "queries.path")
        }
        guard !queries.isEmpty else {
            throw FineTuningError(
                .queries, field: "queries.path", path: path,
                "none of its \(missing) queries has a document of the corpus",
                advice: "Give the ids that the documents have in the corpus")
        }
        if context.parameters.queries.maximum ?? .max < queries.count {
            // Drawn, as those that the program makes are.
            let seed = UInt64(context.parameters.seed)
            let keyed = queries.map { query in
                var random = SplitMix(seed: seed, text: "\(query.documentID) \(query.query)")
                return (key: random.next(), query: query)
            }
            queries = keyed.sorted { $0.key < $1.key }.map(\.query)
        }
        let digits = "\(queries.count)".count
        for number in queries.indices { queries[number].id = Self.id(number + 1, digits: digits) }
        return (
            queries, ["missing_documents": .number(JSONNumber(missing)), "repeated": .number(JSONNumber(repeated))]
        )
    }
}

extension GenerationReport {
    /// The report with examples of what was dropped.
    fileprivate var detailed: JSONValue {
        var object = json.object ?? JSONObject()
        let reasons = Reason.allCases.compactMap { reason in
            examples[reason].map { examples in
                (
                    key: reason.rawValue,
                    value: JSONValue.array(
                        examples.map { example in
                            [
                                "query": .string(example.query), "doc_id": .string(example.document),
                                "type": .string(example.kind.rawValue),
                            ]
                        })
                )
            }
        }
        object["examples"] = .object(JSONObject(reasons))
        return .object(object)
    }
}
