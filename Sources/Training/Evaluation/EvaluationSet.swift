public import Relevance

/// The documents, queries and judgements that a model is evaluated with during its training.
public struct EvaluationSet: Sendable {
    /// The folder.
    public let path: String
    /// Ids of the documents, sorted by their bytes.
    public let documentIDs: [String]
    /// Texts of the documents: title, a blank, body.
    public let documents: [String]
    /// Ids of the queries, sorted by their bytes.
    public let queryIDs: [String]
    /// Texts of the queries.
    public let queries: [String]
    /// The judgements of these queries.
    public let judgements: Judgements

    /// Reads a BEIR folder.
    ///
    /// - Parameter limit: queries at most, the first by the bytes of their ids.
    /// - Throws: ``TrainingError`` that names file and line, also if no query has a document that answers it.
    package init(folder: String, split: String, limit: Int?) throws(TrainingError) {
        let dataset: RetrievalDataset
        do throws(RelevanceError) {
            dataset = try RetrievalDataset(folder: folder, split: split)
        } catch {
            throw TrainingError(error)
        }
        path = folder
        let documents = dataset.documents.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        documentIDs = documents.map(\.id)
        self.documents = documents.map(\.titleAndText)
        queryIDs = Array(dataset.judgements.queries.prefix(limit ?? .max))
        queries = queryIDs.map { dataset.queries[$0] ?? "" }
        var grades: [String: [String: Int]] = [:]
        for query in queryIDs { grades[query] = dataset.judgements.grades[query] }
        judgements = Judgements(grades)
        guard !documents.isEmpty, grades.values.contains(where: { $0.values.contains { $0 > 0 } }) else {
            throw TrainingError(
                .badData, "no query of the split '\(split)' has a document that answers it",
                advice: "Give judgements with grades above 0", path: folder)
        }
    }
}
