import JSON
import NegativeMining
import QueryGeneration
import Relevance
import Teachers
import Tensors

/// Finds documents that look like answers and are none, among those that may be trained on.
struct MineNegatives: Phase {
    static let name = "NegativeMiner"

    static func record(_ folder: RunFolder) -> String { folder.path + "/training-data/negatives.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let folder = context.folder
        let settings = context.parameters.mining
        let queries = try TrainingQuery.read(folder.trainingData)
        let corpus = try Self.trainingCorpus(context)
        let pool = context.pool
        let control = context.control(unit: "documents")
        let texts = corpus.documents.map(\.titleAndText)
        do {
            let base = settings.searches.contains(.base) ? try BaseModel(context, pool: pool) : nil
            var sources: [any CandidateSource] = []
            if let source = try base?.source(texts, pool: pool, control: control) { sources.append(source) }
            // A base that does not search leaves the words.
            if settings.searches.contains(.words) || sources.isEmpty {
                sources.insert(
                    try BM25Source(documents: texts, analyzer: settings.analyzer, pool: pool, control: control), at: 0)
            }
            let task = try MiningTask(
                documents: zip(corpus.documents, texts).map { MiningTask.Document(id: $0.id, text: $1) },
                queries: queries.map { query in
                    MiningTask.Query(
                        id: query.id, text: query.query,
                        positives: [corpus.numbers[query.documentID]].compactMap { $0 })
                })
            let teacher = try settings.teacher.map { try context.teacher([$0], scale: 1, field: "mining.teacher") }
            let miner = try NegativeMiner(
                task, sources: sources, teacher: teacher, options: options(context.parameters), pool: pool)
            let mined = try miner.mine(control: control)
            return try write(mined, queries, corpus, context)
        } catch let error as MiningError where error.code != .cancelled {
            throw FineTuningError(error, .training, field: "mining")
        } catch let error as TeacherError {
            throw FineTuningError(error, .model, field: "mining.teacher")
        }
    }

    private func options(_ parameters: FineTuningParameters) -> MiningOptions {
        var options = MiningOptions()
        options.depth = parameters.mining.depth
        options.negatives = parameters.mining.negatives
        options.rangeMin = parameters.mining.rangeMinimum
        options.relativeMargin = parameters.mining.relativeMargin.map { Float($0) }
        options.nearDuplicateSimilarity = parameters.mining.nearDuplicates
        // So that every query has as many, and none is lost.
        options.fillsWithRandom = true
        options.fillSeed = UInt64(parameters.seed)
        return options
    }

    /// The documents that are neither held out nor choose a checkpoint.
    static func trainingCorpus(_ context: PhaseContext) throws(FineTuningError) -> CorpusDocuments {
        let corpus = try CorpusDocuments(context.folder)
        var reserved: Set<String> = []
        try RunFiles.eachLine(context.folder.reserved) { line, _ in
            if let id = line["doc_id"]?.string { reserved.insert(id) }
        }
        return CorpusDocuments(corpus.documents.filter { !reserved.contains($0.id) })
    }

    /// Tuples whose positive is the document as its pair has it.
    private func write(
        _ mined: MinedNegatives, _ queries: [TrainingQuery], _ corpus: CorpusDocuments, _ context: PhaseContext
    ) throws(FineTuningError) -> JSONObject {
        let wanted = context.parameters.mining.negatives
        var lines: [JSONObject] = []
        var skipped = 0
        for found in mined.queries {
            guard found.negatives.count == wanted else {
                skipped += 1
                continue
            }
            let query = queries[found.query]
            var line: JSONObject = ["query_id": .string(query.id), "query": .string(query.query)]
            line["doc_ids"] = .array(
                [.string(query.documentID)]
                    + found.negatives.map { .string(mined.task.documents[$0.document].id ?? "") })
            line["positive"] = .string(query.document)
            for (number, negative) in found.negatives.enumerated() {
                let document = mined.task.documents[negative.document]
                // Where the title became the query, the answer has none: nor have the others, or titles would tell them apart.
                let body = document.id.flatMap { corpus[$0]?.text } ?? ""
                let isTitle = query.type == GeneratedQuery.Kind.title.rawValue
                line["negative_\(number + 1)"] = .string(isTitle && !body.isEmpty ? body : document.text)
            }
            lines.append(line)
        }
        guard lines.count >= 2 else {
            throw FineTuningError(
                .training, field: "mining.negatives",
                "\(lines.count) of \(queries.count) queries have \(wanted) negatives: there are too few documents",
                advice: "Give more documents, or ask for fewer negatives")
        }
        try RunFiles.write(mined.report.json, to: context.folder.mining)
        try RunFiles.write(lines: lines, to: context.folder.negatives)
        return [
            "path": .string(context.folder.negatives), "queries": .number(JSONNumber(lines.count)),
            "skipped_queries": .number(JSONNumber(skipped)), "report": .string(context.folder.mining),
        ]
    }
}
