import JSON
import Relevance

extension TrainingData {
    /// Reads a file of examples.
    ///
    /// JSON lines, or tab- or comma-separated values with a line of names; each maybe compressed with gzip. Columns are those of
    /// sentence-transformers (`query` or `anchor`, `positive`, `negative`, `negative_1`..., `label` or `score`), of FlagEmbedding
    /// (`query`, `pos`, `neg`, `pos_scores`, `neg_scores`), or `query`, `docs`, `scores`. All rows must be of the kind of the first.
    ///
    /// - Parameters:
    ///   - choice: what becomes of a row with several positives.
    ///   - limit: examples to read at most.
    /// - Throws: ``TrainingError`` that names the line.
    public init(file path: String, positives choice: PositiveChoice = .all, limit: Int? = nil) throws(TrainingError) {
        var texts = TextTable()
        var ids = TextTable()
        var examples: [TrainingExample] = []
        var kind: ExampleKind?
        var firstLine = 0
        var prompts = 0
        var rows = try ExampleRows.open(path)
        while examples.count < limit ?? .max, let row = try rows.next() {
            do throws(RowFault) {
                let found = try row.kind()
                if kind == nil { (kind, firstLine) = (found, rows.line) }
                guard let kind, found == kind else {
                    throw RowFault(
                        "this row is one of \(found.rawValue), that of line \(firstLine) one of \(kind?.rawValue ?? "")",
                        "Keep rows of one kind in a file")
                }
                if row.hasPrompt { prompts += 1 }
                examples += try row.examples(kind, choice, &texts, &ids, line: rows.line)
            } catch {
                throw rows.fault(error)
            }
        }
        if let limit, examples.count > limit { examples.removeLast(examples.count - limit) }
        guard let kind else {
            throw TrainingError(.badData, "the file has no rows", advice: "Give at least one example", path: path)
        }
        try self.init(path: path, linesPath: path, kind: kind, texts: texts.texts, examples: examples)
        if prompts > 0 {
            warnings = ["the column 'prompt' of \(prompts) rows is not read: query_prompt is put before all queries"]
        }
    }
}

extension TrainingError {
    /// A fault of a file that a reader of evaluation data found.
    init(_ error: RelevanceError) {
        let advice = error.advice.hasSuffix(".") ? String(error.advice.dropLast()) : error.advice
        self.init(
            error.code == .unreadable ? .unreadable : .badData, error.reason,
            advice: advice.isEmpty ? "Correct the file" : advice, path: error.path, line: error.line)
    }
}
