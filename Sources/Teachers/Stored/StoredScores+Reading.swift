import JSON
import Relevance

extension StoredScores {
    /// Reads scores; gzip is inflated on the way. Every line has one of these forms:
    ///
    /// - `{"query": "...", "docs": ["...", ...], "scores": [...]}`, as opensearch-sparse-model-tuning-sample reads them; or with `labels`, as
    ///   mining writes them, so that an ensemble can know what is relevant;
    /// - `{"query": "...", "pos": [...], "neg": [...], "pos_scores": [...], "neg_scores": [...]}`, as FlagEmbedding does;
    /// - `{"query_id": "...", "doc_id": "...", "score": ...}`, and the same as tab-separated columns, with a header line or without.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - queries: texts of queries by their ids, for lines with ids.
    ///   - documents: texts of documents by their ids.
    /// - Throws: for a line of another form, an id without a text, and a pair with two different scores.
    /// - Complexity: Time and memory linear in the size of the file.
    public init(
        path: String, queries: [String: String] = [:], documents: [String: String] = [:]
    ) throws(TeacherError) {
        self.init(path: path)
        do throws(RelevanceError) {
            var reader = try LineReader(path: path)
            while let line = try reader.next() {
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                let place = LinePlace(path: path, line: reader.lineNumber)
                for (query, document, score) in try ScoreLine.read(line, place, queries: queries, documents: documents)
                where !insert(query: query, document: document, score: score) {
                    throw place.error(
                        "the query '\(excerpt(query))' has two scores with the document '\(excerpt(document))'",
                        "Keep one of them.", code: .duplicate)
                }
            }
        } catch {
            throw TeacherError(error)
        }
        guard count > 0 else {
            throw TeacherError(.malformedLine, path: path, "the file has no scores", advice: "Give a file with scores")
        }
    }
}

/// The pairs of one line with their scores.
private enum ScoreLine {
    typealias Pair = (query: String, document: String, score: Float)

    static func read(
        _ line: ArraySlice<UInt8>, _ place: LinePlace, queries: [String: String], documents: [String: String]
    ) throws(RelevanceError) -> [Pair] {
        guard line.first(where: { $0 != 0x20 }) == UInt8(ascii: "{") else {
            let fields = line.split(separator: 0x09, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count == 3 else {
                throw place.error(
                    "expected 'query-id<TAB>doc-id<TAB>score' or a JSON object, got \(fields.count) columns",
                    "Correct the line or remove it.")
            }
            if place.line == 1, Double(fields[2]) == nil { return [] }
            return [
                (
                    try resolve(fields[0], "query", queries, place),
                    try resolve(fields[1], "document", documents, place),
                    try place.number(Double(fields[2]), "score")
                )
            ]
        }
        let object = try place.object(line)
        if object["query_id"] != nil, object["doc_id"] != nil, object["query"] == nil {
            return [
                (
                    try resolve(place.text("query_id", of: object), "query", queries, place),
                    try resolve(place.text("doc_id", of: object), "document", documents, place),
                    try place.number(object["score"]?.double, "score")
                )
            ]
        }
        let query = try place.text("query", of: object)
        var pairs: [Pair] = []
        for (texts, scores) in object["docs"] != nil
            ? [("docs", object["scores"] == nil && object["labels"] != nil ? "labels" : "scores")]
            : [("pos", "pos_scores"), ("neg", "neg_scores")]
        {
            let texts = try place.texts(texts, of: object)
            let scores = try place.numbers(scores, of: object, count: texts.count)
            pairs += zip(texts, scores).map { (query, $0, $1) }
        }
        return pairs
    }

    private static func resolve(
        _ id: String, _ kind: String, _ texts: [String: String], _ place: LinePlace
    ) throws(RelevanceError) -> String {
        if let text = texts[id] { return text }
        throw place.error(
            "there is no \(kind) '\(id)'", "Give the collection that the scores belong to.", code: .mismatch)
    }
}
