import JSON
public import Relevance
import Teachers

extension MiningTask {
    /// The queries of a BEIR collection that a split judges, each with all its relevant documents.
    ///
    /// Documents are taken in the order of their ids' bytes, queries and positives as well.
    ///
    /// - Parameters:
    ///   - judgements: those of the split; nil means those that the collection was read with.
    ///   - relevantFrom: the lowest grade of a relevant document. Documents with a lower grade may become negatives.
    /// - Throws: ``MiningError/Code/badData`` when a judgement names a document that the collection does not have.
    public init(
        _ dataset: RetrievalDataset, judgements: Judgements? = nil, relevantFrom: Int = 1
    ) throws(MiningError) {
        let judgements = judgements ?? dataset.judgements
        var pairs: [(query: String, document: String)] = []
        for query in judgements.queries.sorted(by: precedesByBytes) {
            let relevant = (judgements.grades[query] ?? [:]).filter { $0.value >= relevantFrom }.keys
            pairs += relevant.sorted(by: precedesByBytes).map { (query, $0) }
        }
        try self.init(dataset, pairs: pairs, judgements: judgements, relevantFrom: relevantFrom)
    }

    /// Given pairs of a BEIR collection, in their order.
    ///
    /// - Parameters:
    ///   - pairs: ids of queries and of documents that answer them.
    ///   - judgements: further relevant documents, which are no negatives; nil means those that the collection was read with.
    ///   - relevantFrom: the lowest grade of a relevant document.
    /// - Throws: ``MiningError/Code/badData`` for a pair that names a query or a document that the collection does not have.
    public init(
        _ dataset: RetrievalDataset, pairs: [(query: String, document: String)], judgements: Judgements? = nil,
        relevantFrom: Int = 1
    ) throws(MiningError) {
        let judgements = judgements ?? dataset.judgements
        let ids = dataset.documents.keys.sorted(by: precedesByBytes)
        let numbers = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
        var positives = OrderedGroups()
        for pair in pairs {
            guard let number = numbers[pair.document] else {
                throw MiningError(
                    .badData,
                    "the query '\(pair.query)' names the document '\(pair.document)', which is not in \(dataset.path)",
                    advice: "Remove the pair, or add the document to corpus.jsonl")
            }
            positives.insert(number, for: pair.query)
        }
        var queries: [Query] = []
        for id in positives.keys {
            guard let text = dataset.queries[id] else {
                throw MiningError(
                    .badData, "the query '\(id)' is not in \(dataset.path)",
                    advice: "Remove its pairs, or add the query to queries.jsonl")
            }
            let relevant = (judgements.grades[id] ?? [:]).filter { $0.value >= relevantFrom }.keys
            queries.append(
                Query(
                    id: id, text: text, positives: positives[id],
                    otherRelevant: Set(relevant.compactMap { numbers[$0] }).subtracting(positives[id])))
        }
        try self.init(
            documents: ids.map { Document(id: $0, text: dataset.documents[$0]?.titleAndText ?? "") }, queries: queries)
    }

    /// Reads pairs of ids for a BEIR collection: `query-id<TAB>doc-id` in each line, with a header line or without; further columns
    /// are not read.
    public static func pairs(path: String) throws(RelevanceError) -> [(query: String, document: String)] {
        var reader = try LineReader(path: path)
        var pairs: [(query: String, document: String)] = []
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
            guard fields.count >= 2 else {
                throw RelevanceError(
                    .malformedLine, path: path, line: reader.lineNumber, reason: "expected 'query-id<TAB>doc-id'",
                    advice: "Correct the line or remove it.")
            }
            let (query, document) = (
                String(decoding: fields[0], as: UTF8.self), String(decoding: fields[1], as: UTF8.self)
            )
            if reader.lineNumber == 1, query == "query-id" { continue }
            pairs.append((query, document))
        }
        return pairs
    }

    /// Reads pairs of texts: JSON lines with `query` or `anchor`, and `pos` (a list) or `positive`; further fields are not read.
    public static func textPairs(path: String) throws(RelevanceError) -> [(query: String, positive: String)] {
        var reader = try LineReader(path: path)
        var pairs: [(query: String, positive: String)] = []
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            let place = LinePlace(path: path, line: reader.lineNumber)
            let object = try place.object(line)
            let query = try place.text(
                object["query"] == nil && object["anchor"] != nil ? "anchor" : "query", of: object)
            let positives = try place.texts(
                object["pos"] == nil && object["positive"] != nil ? "positive" : "pos", of: object)
            pairs += positives.map { (query, $0) }
        }
        return pairs
    }

    /// Reads documents of JSON lines with `text` and perhaps `title`, joined by a blank.
    public static func texts(path: String) throws(RelevanceError) -> [String] {
        var reader = try LineReader(path: path)
        var texts: [String] = []
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            let place = LinePlace(path: path, line: reader.lineNumber)
            let object = try place.object(line)
            let text = try place.text("text", of: object)
            texts.append([object["title"]?.string ?? "", text].filter { !$0.isEmpty }.joined(separator: " "))
        }
        return texts
    }
}
