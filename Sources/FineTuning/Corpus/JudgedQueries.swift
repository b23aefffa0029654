import JSON
import Relevance

/// Queries of users with judgements, as far as their documents are in the corpus.
struct JudgedQueries {
    /// The queries, by the bytes of their ids.
    let queries: [(id: String, text: String)]
    /// Grades of documents of the corpus, by query.
    let grades: [String: [String: Int]]
    /// The documents that answer one of them.
    let documents: Set<String>

    /// Reads `queries.jsonl` and `qrels/<split>.tsv` of a folder.
    ///
    /// - Parameter limit: queries at most, the first by the bytes of their ids.
    init(folder: String, split: String, _ corpus: CorpusDocuments, limit: Int) throws(FineTuningError) {
        let judgements: Judgements
        var texts: [String: String] = [:]
        do {
            judgements = try Judgements(path: LineReader.existing(folder + "/qrels/\(split).tsv"))
            try RunFiles.eachLine(LineReader.existing(folder + "/queries.jsonl")) { line, _ in
                if let id = line["_id"]?.string, let text = line["text"]?.string { texts[id] = text }
            }
        } catch {
            throw FineTuningError(error, .queries, field: "evaluation.folder")
        }
        var queries: [(id: String, text: String)] = []
        var kept: [String: [String: Int]] = [:]
        var documents: Set<String> = []
        for id in judgements.queries {
            guard queries.count < limit, let text = texts[id] else { continue }
            let known = (judgements.grades[id] ?? [:]).filter { corpus.numbers[$0.key] != nil }
            let relevant = known.filter { $0.value > 0 }.keys
            guard !relevant.isEmpty else { continue }
            queries.append((id, text))
            kept[id] = known
            documents.formUnion(relevant)
        }
        guard !queries.isEmpty else {
            throw FineTuningError(
                .queries, field: "evaluation.folder", path: folder,
                "none of the \(judgements.queries.count) judged queries of the split '\(split)' is answered by a document of the corpus",
                advice: "Give judgements whose document ids are those of the corpus")
        }
        self.queries = queries
        grades = kept
        self.documents = documents
    }
}
