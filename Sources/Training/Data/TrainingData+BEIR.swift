import Relevance

extension TrainingData {
    /// Reads a BEIR folder: the queries of a split with the documents that are judged to answer them.
    ///
    /// Documents judged 0 or lower are the query's negatives. Without `order`, queries and their documents come sorted by the bytes
    /// of their ids. A document is its title, a blank, and its text.
    ///
    /// - Parameters:
    ///   - order: a file of `query id<TAB>document id` lines; exactly these pairs are the examples, in this order.
    ///   - limit: examples to read at most.
    /// - Throws: ``TrainingError`` that names file and line: also for a pair that names a query or document that is not there.
    public init(
        folder: String, split: String = "train", order: String? = nil, positives choice: PositiveChoice = .all,
        limit: Int? = nil
    ) throws(TrainingError) {
        let dataset: RetrievalDataset
        do throws(RelevanceError) {
            dataset = try RetrievalDataset(folder: folder, split: split)
        } catch {
            throw TrainingError(error)
        }
        var texts = TextTable()
        var examples: [TrainingExample] = []
        let judged = LineReader.existing(folder + "/qrels/\(split).tsv")
        let lines = try Self.pairs(in: order ?? judged, header: order == nil)
        for pair in lines {
            func fault(_ reason: String, _ advice: String) -> TrainingError {
                TrainingError(.badData, reason, advice: advice, path: order ?? judged, line: pair.line)
            }
            guard let query = dataset.queries[pair.query] else {
                throw fault("the query '\(pair.query)' is not in queries.jsonl", "Do both come from one collection?")
            }
            guard let document = dataset.documents[pair.document] else {
                throw fault(
                    "the document '\(pair.document)' is not in corpus.jsonl", "Do both come from one collection?")
            }
            for (what, text) in [
                ("query '\(pair.query)'", query), ("document '\(pair.document)'", document.titleAndText),
            ]
            where !text.utf8.contains(where: { $0 > 0x20 }) {
                throw fault("the \(what) is empty", "Remove the pair, or give the text")
            }
        }
        if order != nil {
            for pair in lines.prefix(limit ?? .max) {
                examples.append(
                    TrainingExample(
                        query: texts.number(of: dataset.queries[pair.query] ?? ""),
                        documents: [texts.number(of: dataset.documents[pair.document]?.titleAndText ?? "")],
                        positives: 1, line: pair.line))
            }
        } else {
            examples = Self.examples(of: dataset, lines, choice, limit: limit ?? .max, &texts)
        }
        let isTuple = examples.contains { $0.documents.count > 1 }
        guard !examples.isEmpty else {
            throw TrainingError(
                .badData, "no pair of a query and a document that answers it",
                advice: "Give judgements with grades above 0", path: order ?? judged)
        }
        try self.init(
            path: folder, linesPath: order ?? judged, kind: isTuple ? .tuples : .pairs, texts: texts.texts,
            examples: examples)
    }

    private static func examples(
        of dataset: RetrievalDataset, _ lines: [JudgedPair], _ choice: PositiveChoice, limit: Int,
        _ texts: inout TextTable
    ) -> [TrainingExample] {
        var examples: [TrainingExample] = []
        var byQuery: [String: [JudgedPair]] = [:]
        for pair in lines { byQuery[pair.query, default: []].append(pair) }
        for (query, pairs) in byQuery.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let sorted = pairs.sorted { $0.document.utf8.lexicographicallyPrecedes($1.document.utf8) }
            func isPositive(_ pair: JudgedPair) -> Bool {
                (dataset.judgements.grade(query: query, document: pair.document) ?? 0) > 0
            }
            func number(_ pair: JudgedPair, _ texts: inout TextTable) -> Int32 {
                texts.number(of: dataset.documents[pair.document]?.titleAndText ?? "")
            }
            let positives = sorted.filter(isPositive)
            let negatives = sorted.filter { !isPositive($0) }
            for pair in choice == .all ? positives[...] : positives.prefix(1) {
                if examples.count == limit { return examples }
                let numbers = [number(pair, &texts)] + negatives.map { number($0, &texts) }
                examples.append(
                    TrainingExample(
                        query: texts.number(of: dataset.queries[query] ?? ""), documents: numbers, positives: 1,
                        line: pair.line))
            }
        }
        return examples
    }

    private struct JudgedPair {
        var query: String
        var document: String
        var line: Int
    }

    /// The first two fields of each line.
    private static func pairs(in path: String, header: Bool) throws(TrainingError) -> [JudgedPair] {
        var pairs: [JudgedPair] = []
        do throws(RelevanceError) {
            var reader = try LineReader(path: path)
            while let line = try reader.next() {
                let hasTabs = line.contains(0x09)
                let fields = line.split(omittingEmptySubsequences: !hasTabs) { $0 == 0x09 || !hasTabs && $0 == 0x20 }
                    .map { String(decoding: $0, as: UTF8.self) }
                if fields.isEmpty || reader.lineNumber == 1 && ["query-id", "query_id"].contains(fields[0]) {
                    continue
                }
                guard fields.count >= 2 else {
                    throw reader.malformed("expected 'query id<TAB>document id', got \(fields.count) field")
                }
                // TREC judgements have an iteration between the two.
                let isTREC = header && fields.count == 4
                pairs.append(
                    JudgedPair(query: fields[0], document: fields[isTREC ? 2 : 1], line: reader.lineNumber))
            }
        } catch {
            throw TrainingError(error)
        }
        return pairs
    }
}
