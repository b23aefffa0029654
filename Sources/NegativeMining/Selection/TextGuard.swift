import Tensors
import TextAnalysis

/// What the texts say against a candidate.
struct GuardFinding: Sendable, Hashable {
    let reason: DropReason
    /// The Jaccard coefficient, of near duplicates.
    let similarity: Double?
}

/// Finds candidates that cannot be negatives whatever their score: relevant ones, the query itself, and texts of a positive.
struct TextGuard {
    private let task: MiningTask
    private let options: MiningOptions
    private let pool: WorkerPool
    private let analyzer: Analyzer

    init(_ task: MiningTask, _ options: MiningOptions, pool: WorkerPool) throws(MiningError) {
        guard let analyzer = AnalysisRegistry.builtIn.analyzer(named: "standard") else {
            throw MiningError(.badSetting, "there is no standard analyzer", advice: "Report this")
        }
        self.task = task
        self.options = options
        self.pool = pool
        self.analyzer = analyzer
    }

    /// What speaks against each document of each query's list.
    func reasons(_ lists: [[Int]], _ control: MiningControl) throws -> [[GuardFinding?]] {
        let results = ResultTable<Result<[GuardFinding?], AnalysisError>>(count: lists.count, initial: .success([]))
        let (task, options, analyzer) = (task, options, analyzer)
        try control.inPortions(of: 256, lists.count, "compare texts") { range in
            pool.run(range.count) { offset, _ in
                let query = range.lowerBound + offset
                results[query] = Result { () throws(AnalysisError) in
                    try QueryGuard(task, task.queries[query], options, analyzer).findings(lists[query])
                }
            }
        }
        return try results.values.map { try $0.get() }
    }
}

/// The guard of one query.
private struct QueryGuard {
    let task: MiningTask
    let query: MiningTask.Query
    let options: MiningOptions
    let analyzer: Analyzer
    /// Those of all relevant documents.
    let relevant: [Shingles]

    init(
        _ task: MiningTask, _ query: MiningTask.Query, _ options: MiningOptions, _ analyzer: Analyzer
    ) throws(AnalysisError) {
        self.task = task
        self.query = query
        self.options = options
        self.analyzer = analyzer
        var relevant: [Shingles] = []
        if options.nearDuplicateSimilarity != nil {
            for document in query.relevant { relevant.append(try Shingles(task.documents[document].text, analyzer)) }
        }
        self.relevant = relevant
    }

    func findings(_ documents: [Int]) throws(AnalysisError) -> [GuardFinding?] {
        var texts = Set(query.relevant.map { task.documents[$0].text })
        var findings: [GuardFinding?] = []
        for number in documents {
            let document = task.documents[number]
            if query.isRelevant(number) {
                findings.append(options.includesPositives ? nil : GuardFinding(reason: .relevant, similarity: nil))
            } else if (document.id != nil && document.id == query.id) || document.text == query.text {
                findings.append(GuardFinding(reason: .query, similarity: nil))
            } else if !texts.insert(document.text).inserted {
                findings.append(GuardFinding(reason: .sameText, similarity: nil))
            } else {
                findings.append(try nearDuplicate(document.text))
            }
        }
        return findings
    }

    private func nearDuplicate(_ text: String) throws(AnalysisError) -> GuardFinding? {
        guard let limit = options.nearDuplicateSimilarity else { return nil }
        let shingles = try Shingles(text, analyzer)
        let highest = relevant.map { $0.similarity(shingles) }.max() ?? 0
        return highest >= limit ? GuardFinding(reason: .nearDuplicate, similarity: highest) : nil
    }
}
