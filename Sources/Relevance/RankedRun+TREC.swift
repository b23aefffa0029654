extension RankedRun {
    /// Reads a TREC run: `query Q0 document rank score name`, separated by blanks; gzip is inflated on the way.
    ///
    /// The rank column is ignored, as by `trec_eval`: the scores decide.
    public init(path: String) throws(RelevanceError) {
        self.init(name: "")
        var reader = try LineReader(path: path)
        var seen: Set<String> = []
        var lastQuery: String?
        while let line = try reader.next() {
            let fields = blankSeparated(line)
            if fields.isEmpty { continue }
            guard fields.count == 6 else {
                throw reader.malformed("expected 'query Q0 document rank score name', got \(fields.count) fields")
            }
            guard let score = Double(fields[4]), score.isFinite else {
                throw reader.malformed("the score '\(fields[4])' is not a finite number")
            }
            let query = fields[0]
            if query != lastQuery {
                seen = Set((results[query] ?? []).map(\.document))
                lastQuery = query
            }
            guard seen.insert(fields[2]).inserted else {
                throw RelevanceError(
                    .duplicate, path: reader.path, line: reader.lineNumber,
                    reason: "document '\(fields[2])' is ranked twice for query '\(query)'",
                    advice: "Keep the line with the better score.")
            }
            if name.isEmpty { name = fields[5] }
            append(ScoredDocument(fields[2], score: score), query: query)
        }
    }

    /// The run in TREC's form, by query and rank, with scores that read back to the same number.
    public func trecText() -> String {
        var text = ""
        for query in queries {
            for (index, result) in ranking(of: query).enumerated() {
                text += "\(query) Q0 \(result.document) \(index + 1) \(result.score) \(name.isEmpty ? "run" : name)\n"
            }
        }
        return text
    }
}
