import JSON
import Relevance

/// Reads requests line by line, in every form that training data come in; gzip is inflated on the way.
///
/// The documents of a line are those of its fields, in this order: `docs`; `pos`, `neg` (FlagEmbedding); `positive`, `negative`,
/// `negative_1`, `negative_2`, ... and `document` (sentence-transformers' columns). The query is `query` or `anchor`. Ids are kept where
/// there are some: `query_id` with `doc_ids`, with `pos_ids` and `neg_ids`, or with `doc_id`.
public struct ScoringRequestReader: ~Copyable {
    /// The file.
    public let path: String
    private var reader: LineReader

    /// Opens a file, or standard input when `path` is `-`.
    public init(path: String) throws(TeacherError) {
        self.path = path
        do {
            reader = try LineReader(path: path)
        } catch {
            throw TeacherError(error)
        }
    }

    /// The line that was read last, from 1.
    public var lineNumber: Int { reader.lineNumber }

    /// The next request; nil after the last one.
    public mutating func next() throws(TeacherError) -> ScoringRequest? {
        do throws(RelevanceError) {
            while let line = try reader.next() {
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                let place = LinePlace(path: reader.path, line: reader.lineNumber)
                return try Self.request(place.object(line), place)
            }
            return nil
        } catch {
            throw TeacherError(error)
        }
    }

    private static func request(_ object: JSONObject, _ place: LinePlace) throws(RelevanceError) -> ScoringRequest {
        let query = try place.text(object["query"] == nil && object["anchor"] != nil ? "anchor" : "query", of: object)
        var fields = ["docs", "pos", "neg", "positive", "negative"].filter { object[$0] != nil }
        var number = 1
        while object["negative_\(number)"] != nil {
            fields.append("negative_\(number)")
            number += 1
        }
        if object["document"] != nil { fields.append("document") }
        var documents: [String] = []
        for field in fields { documents += try place.texts(field, of: object) }
        guard !documents.isEmpty else {
            throw place.error(
                "the line has no documents",
                "Give them as 'docs', 'pos' and 'neg', 'positive' and 'negative', or 'document'.")
        }
        var ids: [String] = []
        for field in ["doc_ids", "pos_ids", "neg_ids", "doc_id"] where object[field] != nil {
            ids += try place.texts(field, of: object)
        }
        guard ids.isEmpty || ids.count == documents.count else {
            throw place.error(
                "there are \(ids.count) ids for \(documents.count) documents", "Give one id for each document.")
        }
        return ScoringRequest(
            query: query, documents: documents,
            queryID: object["query_id"] == nil ? nil : try place.text("query_id", of: object), documentIDs: ids)
    }
}
