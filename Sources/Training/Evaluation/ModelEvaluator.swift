import Encoders
import Layers
package import ModelFiles
package import Relevance
package import Tensors
package import TrainableEncoders

/// Evaluates the model that is trained: exact retrieval over all documents, or the order of candidates.
package final class ModelEvaluator {
    /// What is evaluated with.
    package let set: EvaluationSet
    private let model: TrainableModel
    private let tokenizing: TextTokenizing
    private let pool: WorkerPool
    private let similarity: DenseSearch.Comparison
    private let queryTable: QueryTokenWeights?
    /// Documents to reorder, by query; of cross-encoders.
    private let candidates: [String: [Int32]]

    /// Tokens that are taken through the network at once.
    private static let tokensOfBatch = 4096
    /// Texts or pairs that are tokenised at once.
    private let textsOfPortion: Int
    /// Results of a query.
    private static let depth = 100

    /// The figures that every evaluation has, by the names of logs.
    package static let metrics: [(name: String, metric: Metric)] = [
        ("ndcg@10", .nDCG(cutoff: 10)), ("mrr@10", .reciprocalRank(cutoff: 10)), ("recall@100", .recall(cutoff: 100)),
        ("map@100", .averagePrecision(cutoff: 100)),
    ]

    /// Prepares evaluations.
    ///
    /// - Parameters:
    ///   - candidates: what a cross-encoder reorders; not used by others.
    ///   - textsOfPortion: texts or pairs that are tokenised at once: the tokens of all would be more memory than the model.
    package init(
        _ set: EvaluationSet, model: TrainableModel, folder: ModelFolder, tokenizing: TextTokenizing, pool: WorkerPool,
        queryTable: QueryTokenWeights?, candidates: RankedRun?, depth: Int,
        textsOfPortion: Int = 4096
    ) throws(TrainingError) {
        self.set = set
        self.textsOfPortion = textsOfPortion
        self.model = model
        self.tokenizing = tokenizing
        self.pool = pool
        self.queryTable = queryTable
        similarity = DenseSearch.Comparison(rawValue: folder.similarity ?? "cosine") ?? .cosine
        var numbers: [String: [Int32]] = [:]
        if let candidates {
            let byID = Dictionary(uniqueKeysWithValues: set.documentIDs.enumerated().map { ($1, Int32($0)) })
            for query in set.queryIDs {
                numbers[query] = try candidates.ranking(of: query).prefix(depth).map {
                    (result) throws(TrainingError) -> Int32 in
                    if let number = byID[result.document] { return number }
                    throw TrainingError(
                        .badData, "the candidate '\(result.document)' of query '\(query)' is not in the corpus",
                        advice: "Give candidates of this collection", path: set.path)
                }
            }
        }
        if let candidates, numbers.values.allSatisfy(\.isEmpty) {
            throw TrainingError(
                .badData, "the run '\(candidates.name)' has no candidates for any query of the split",
                advice: "Give a run over these queries", path: set.path)
        }
        self.candidates = numbers
    }

    /// The figures of the model as it is.
    ///
    /// - Parameter progress: told how many of how many texts or pairs have been through the network; false ends the evaluation.
    /// - Returns: figures by name; nil if it was ended.
    package func evaluate(
        progress: (_ completed: Int, _ of: Int) -> Bool = { _, _ in true }
    ) throws(TrainingError) -> [String: Double]? {
        var extra: [String: Double] = [:]
        let run: RankedRun
        switch model.task {
        case .dense:
            guard let found = try retrieveDense(progress) else { return nil }
            run = found
        case .sparse:
            guard let found = try retrieveSparse(progress) else { return nil }
            (run, extra) = found
        case .crossEncoder:
            guard let found = try rerank(progress) else { return nil }
            run = found
        }
        let evaluation = Evaluation(of: run, against: set.judgements, metrics: Self.metrics.map(\.metric))
        for (name, metric) in Self.metrics { extra[name] = evaluation.mean(metric) }
        return extra
    }

    // MARK: The three tasks

    private func retrieveDense(_ progress: (Int, Int) -> Bool) throws(TrainingError) -> RankedRun? {
        let total = set.documents.count + set.queries.count
        let documents = FloatBuffer(count: set.documents.count * model.width)
        let queries = FloatBuffer(count: set.queries.count * model.width)
        for (texts, buffer, isQuery) in [(set.documents, documents, false), (set.queries, queries, true)] {
            let rows = buffer.matrix(rows: texts.count, columns: model.width)
            let isComplete = try encode(texts, areQueries: isQuery) { number, row in
                _ = rows[number].update(fromContentsOf: row)
            } progress: {
                progress($0 + (isQuery ? set.documents.count : 0), total)
            }
            guard isComplete else { return nil }
        }
        let search = DenseSearch(
            documents: documents.matrix(rows: set.documents.count, columns: model.width),
            queries: queries.matrix(rows: set.queries.count, columns: model.width), similarity)
        let found = search.best(Self.depth + 1, pool: pool)
        withExtendedLifetime((documents, queries)) {}
        return run(found)
    }

    private func retrieveSparse(
        _ progress: (Int, Int) -> Bool
    ) throws(TrainingError) -> (RankedRun, [String: Double])? {
        let total = set.documents.count + set.queries.count
        var documents = SparseRows(width: model.width)
        var queries = SparseRows(width: model.width)
        var rows = [Int: [(Int32, Float)]]()
        let isComplete = try encode(set.documents, areQueries: false) { number, row in
            rows[number] = SparseRows.entries(row)
        } progress: {
            progress($0, total)
        }
        guard isComplete else { return nil }
        for number in set.documents.indices { documents.append(rows[number] ?? []) }
        rows = [:]
        if let queryTable {
            let buffer = FloatBuffer(count: model.width)
            let row = buffer.matrix(rows: 1, columns: model.width)
            for query in set.queries {
                try queryTable.write([query], into: row)
                queries.append(SparseRows.entries(UnsafeBufferPointer(row[0])))
            }
            withExtendedLifetime(buffer) {}
        } else {
            let isComplete = try encode(set.queries, areQueries: true) { number, row in
                rows[number] = SparseRows.entries(row)
            } progress: {
                progress($0 + set.documents.count, total)
            }
            guard isComplete else { return nil }
            for number in set.queries.indices { queries.append(rows[number] ?? []) }
        }
        let figures = [
            "query_active": queries.meanActive, "document_active": documents.meanActive,
            "flops": SparseRows.expectedProducts(queries, documents),
        ]
        return (run(documents.best(Self.depth + 1, for: queries, pool: pool)), figures)
    }

    private func rerank(_ progress: (Int, Int) -> Bool) throws(TrainingError) -> RankedRun? {
        var pairs: [(query: Int, document: Int32)] = []
        for (number, query) in set.queryIDs.enumerated() {
            pairs += (candidates[query] ?? []).map { (number, $0) }
        }
        var results: [[(score: Float, document: Int32)]] = Array(repeating: [], count: set.queries.count)
        let isComplete = try compute(pairs.count) { (portion) throws(TrainingError) in
            try tokenizing.pairs(
                pairs[portion].map { (set.queries[$0.query], set.documents[Int($0.document)]) })
        } body: { number, row in
            results[pairs[number].query].append((row[0], pairs[number].document))
        } progress: {
            progress($0, pairs.count)
        }
        guard isComplete else { return nil }
        return run(results)
    }

    // MARK: Texts through the network

    private func encode(
        _ texts: [String], areQueries: Bool, _ body: (Int, UnsafeBufferPointer<Float>) -> Void,
        progress: (Int) -> Bool
    ) throws(TrainingError) -> Bool {
        try compute(
            texts.count,
            { (portion) throws(TrainingError) in
                let portion = Array(texts[portion])
                return try areQueries ? tokenizing.queries(portion) : tokenizing.documents(portion)
            }, body: body, progress: progress)
    }

    /// The outputs of sequences, in portions, the longest of a portion first, each with its number; false if that was ended.
    private func compute(
        _ count: Int, _ sequences: (Range<Int>) throws(TrainingError) -> [TokenSequence],
        body: (Int, UnsafeBufferPointer<Float>) -> Void, progress: (Int) -> Bool
    ) throws(TrainingError) -> Bool {
        for first in stride(from: 0, to: count, by: textsOfPortion) {
            let portion = first..<min(count, first + textsOfPortion)
            let isComplete = try compute(
                sequences(portion), { body(first + $0, $1) }, progress: { progress(first + $0) })
            guard isComplete else { return false }
        }
        return true
    }

    private func compute(
        _ sequences: [TokenSequence], _ body: (Int, UnsafeBufferPointer<Float>) -> Void, progress: (Int) -> Bool
    ) throws(TrainingError) -> Bool {
        let order = sequences.indices.sorted { (sequences[$1].count, $0) < (sequences[$0].count, $1) }
        var start = 0
        while start < order.count {
            var end = start + 1
            var tokens = sequences[order[start]].count
            while end < order.count, tokens + sequences[order[end]].count <= Self.tokensOfBatch {
                tokens += sequences[order[end]].count
                end += 1
            }
            let batch = TokenBatch(order[start..<end].map { sequences[$0] })
            if let problem = model.problem(in: batch) {
                throw TrainingError(
                    .model, "the model cannot read a text: \(problem)",
                    advice: "Use the tokenizer that belongs to the model", path: set.path)
            }
            let pass = model.forward(batch, dropout: nil, keepsForBackward: false)
            for (row, position) in (start..<end).enumerated() {
                body(order[position], UnsafeBufferPointer(pass.outputs[row]))
            }
            withExtendedLifetime(pass) {}
            start = end
            guard progress(end) else { return false }
        }
        return true
    }

    /// Results by the names of queries and documents; a document with the id of its query is left out, as BEIR does it.
    private func run(_ found: [[(score: Float, document: Int32)]]) -> RankedRun {
        var run = RankedRun(name: "model")
        for (query, results) in zip(set.queryIDs, found) {
            run.setResults(
                results.map { ScoredDocument(set.documentIDs[Int($0.document)], score: Double($0.score)) }
                    .filter { $0.document != query },
                query: query)
        }
        return run
    }
}
