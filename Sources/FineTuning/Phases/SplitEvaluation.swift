import JSON
import NegativeMining
import RandomNumbers
import Relevance
import Workflows

/// Separates what is trained on from what judges, by document, and writes both.
struct SplitEvaluation: Phase {
    static let name = "EvaluationSplitter"

    static func record(_ folder: RunFolder) -> String { folder.path + "/training-data/split.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let folder = context.folder
        let parameters = context.parameters
        let corpus = try CorpusDocuments(folder)
        let queries = try TrainingQuery.read(folder.queries)
        context.report(TaskProgress("split queries by document", done: 0, total: queries.count, unit: "queries"))
        let judged = try parameters.evaluation.folder.map {
            try JudgedQueries(folder: $0, split: parameters.evaluation.split, corpus, limit: parameters.heldOutQueries)
        }
        let split = HeldOutSplit(
            queries, corpus, parameters, judged: judged?.documents ?? [],
            judgedQueries: judged?.queries.map(\.text) ?? [])
        let count = judged?.queries.count ?? split.heldOut.count
        try Self.checkGate(count, queries: queries.count, corpus.count, parameters)
        guard split.training.count >= 2 else {
            throw FineTuningError(
                .queries, field: "evaluation.share",
                "\(split.training.count) of \(queries.count) queries are left to train with, the others are held out",
                advice: "Give more documents, or hold out a smaller share")
        }
        try context.checkStopping()
        let heldOutCollection =
            judged.map { Collection(documents: corpus.documents, queries: $0.queries, grades: $0.grades) }
            ?? Collection(
                split.heldOut, split.answers, corpus.documents.filter { !split.twins.contains($0.id) })
        try heldOutCollection.write(folder.collection, split: "test")
        if !split.dev.isEmpty {
            let documents = devDocuments(corpus, split, parameters)
            try Collection(split.dev, split.answers, documents).write(folder.dev, split: "dev")
        }
        try RunFiles.write(lines: split.training.lazy.map(\.line), to: folder.trainingData)
        let parts = corpus.documents.map { split.part($0.id) }
        try RunFiles.write(
            lines: zip(corpus.documents, parts).lazy.filter { $0.1 != .training }.map { document, part in
                ["doc_id": .string(document.id), "part": .string(part == .dev ? "dev" : "held_out")]
            }, to: folder.reserved)
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        return [
            "path": .string(folder.trainingData), "train_queries": number(split.training.count),
            "dev_queries": number(split.dev.count), "held_out_queries": number(count),
            "train_documents": number(parts.count { $0 == .training }),
            "dev_documents": number(parts.count { $0 == .dev }),
            "held_out_documents": number(parts.count { $0 == .heldOut }),
            "same_queries": number(split.sameQueries), "judged_queries": .bool(judged != nil),
            "has_dev": .bool(!split.dev.isEmpty),
        ]
    }

    /// Throws if the gate could not decide, and says what it needs.
    static func checkGate(
        _ count: Int, queries: Int, _ documents: Int, _ parameters: FineTuningParameters
    ) throws(FineTuningError) {
        guard count < parameters.gate.minimumQueries else { return }
        if parameters.gate.isOverridden, count > 0 { return }
        let needed = parameters.gate.minimumQueries
        // Half-widths of 95 % intervals are about 44 points over the root of the number of queries, on the data that we know.
        let width = 0.44 / Double(max(1, count)).squareRoot()
        let points = (1_000 * width).rounded() / 10
        let advice: String
        if parameters.evaluation.folder != nil {
            advice = "Judge more queries, or lower gate.minimum_queries"
        } else {
            let share = (100 * parameters.evaluation.share).rounded() / 100
            let wanted = Int((Double(needed) / max(0.001, Double(count)) * Double(documents)).rounded(.up))
            advice =
                count > 0
                ? "Give about \(wanted) documents at this share, hold out more of them (evaluation.share), or lower gate.minimum_queries"
                : "Give more documents than \(documents), of which a share of \(share) is held out, or lower gate.minimum_queries"
        }
        throw FineTuningError(
            .gate, field: "gate.minimum_queries",
            "the gate needs \(needed) queries, and \(count) of \(queries) are held out: the difference of two models would be known to about \(points) points only",
            advice: advice)
    }

    /// The documents of the dev queries, and others at random: those that are trained on among them.
    private func devDocuments(
        _ corpus: CorpusDocuments, _ split: HeldOutSplit, _ parameters: FineTuningParameters
    ) -> [RetrievalDataset.Document] {
        let own = Set(split.dev.flatMap { split.answers[$0.id] ?? [$0.documentID] })
        let others = corpus.documents.filter {
            !own.contains($0.id) && split.part($0.id) != .heldOut && !split.twins.contains($0.id)
        }
        var random = SplitMix(seed: UInt64(parameters.seed), text: "dev documents")
        let drawn = random.sample(max(0, parameters.evaluation.devDocuments - own.count), below: others.count)
        return corpus.documents.filter { own.contains($0.id) } + drawn.sorted().map { others[$0] }
    }
}

/// A collection in BEIR's layout that is written for a run.
private struct Collection {
    var documents: [RetrievalDataset.Document]
    let queries: [(id: String, text: String)]
    let grades: [String: [String: Int]]

    init(
        documents: [RetrievalDataset.Document], queries: [(id: String, text: String)], grades: [String: [String: Int]]
    ) {
        self.documents = documents
        self.queries = queries
        self.grades = grades
    }

    /// Queries over documents, where those of the queries stand as their pairs have them: a span that became a query is not found in them.
    init(_ queries: [TrainingQuery], _ answers: [String: [String]], _ documents: [RetrievalDataset.Document]) {
        var texts: [String: String] = [:]
        var grades: [String: [String: Int]] = [:]
        for query in queries {
            for id in answers[query.id] ?? [query.documentID] {
                texts[id] = query.document
                grades[query.id, default: [:]][id] = 1
            }
        }
        self.documents = documents.map { document in
            texts[document.id].map { RetrievalDataset.Document(id: document.id, text: $0) } ?? document
        }
        self.queries = queries.map { ($0.id, $0.query) }
        self.grades = grades
    }

    func write(_ folder: String, split: String) throws(FineTuningError) {
        try RunFiles.write(
            lines: documents.lazy.map { document in
                [
                    "_id": .string(document.id), "title": .string(document.title), "text": .string(document.text),
                ]
            }, to: folder + "/corpus.jsonl")
        try RunFiles.write(
            lines: queries.lazy.map { ["_id": .string($0.id), "text": .string($0.text)] }, to: folder + "/queries.jsonl"
        )
        try RunFiles.write(
            Array(Judgements(grades).tabSeparated().utf8), to: folder + "/qrels/\(split).tsv")
    }
}
