import RandomNumbers
public import Teachers
public import Tensors
import TextAnalysis

/// Finds hard negatives: documents that look as if they answered a query and do not.
///
/// Candidates are the union of what the sources find. Known relevant documents, the query itself, texts that are the same or
/// nearly the same as a positive's are dropped; then scores, ranks and number decide (``MiningOptions``). The result does not depend on
/// the number of threads.
public struct NegativeMiner: Sendable {
    /// The queries and documents.
    public let task: MiningTask
    /// Where candidates come from, in the order of reports.
    public let sources: [any CandidateSource]
    /// Scores candidates anew, if there is one.
    public let teacher: (any Teacher)?
    /// Which candidates become negatives.
    public let options: MiningOptions
    private let pool: WorkerPool

    /// A miner.
    ///
    /// - Parameters:
    ///   - sources: one or more with different names, over the documents of the task.
    ///   - teacher: a cross-encoder, as a rule.
    ///   - pool: threads for comparing texts.
    /// - Throws: ``MiningError/Code/badSetting``.
    public init(
        _ task: MiningTask, sources: [any CandidateSource], teacher: (any Teacher)? = nil,
        options: MiningOptions = MiningOptions(), pool: WorkerPool
    ) throws(MiningError) {
        try options.check()
        guard !sources.isEmpty, Set(sources.map(\.name)).count == sources.count else {
            throw MiningError(
                .badSetting, sources.isEmpty ? "there is no source of candidates" : "two sources have the same name",
                advice: "Name one or more different ones")
        }
        self.task = task
        self.sources = sources
        self.teacher = teacher
        self.options = options
        self.pool = pool
    }

    /// What the scores are of, by which candidates are judged.
    public var guide: String { teacher?.name ?? sources[guideSource].name }

    /// The source that judges without a teacher: a dense one, else a sparse one, else the first.
    private var guideSource: Int {
        sources.firstIndex { $0 is DenseSource } ?? sources.firstIndex { $0 is SparseSource } ?? 0
    }

    /// Finds the negatives of all queries.
    ///
    /// - Throws: what sources and teacher throw; ``MiningError/Code/cancelled``.
    /// - Complexity: that of the sources, and `depth` times the sources pairs for the teacher and for comparing texts for each query.
    public func mine(control: MiningControl = MiningControl()) throws -> MinedNegatives {
        let texts = task.queries.map(\.text)
        let found = try sources.map { try $0.search(texts, depth: options.depth, control: control) }
        let lists = CandidateLists(task, found, options)
        let sourceScores = try zip(sources, found).map { source, found in
            let scores = try lists.completed(found) { try source.scores(texts, documents: $0, control: control) }
            try check(scores, of: source.name, lists)
            return scores
        }
        let guards = try TextGuard(task, options, pool: pool).reasons(lists.documents, control)
        let scores = try guideScores(lists, sourceScores, control)
        var report = MiningReport(task: task, sources: sources.map(\.name), guide: guide, options: options)
        var mined: [MinedQuery] = []
        try control.inPortions(of: 4096, task.queries.count, "select") { range in
            for query in range {
                let result = select(query, lists, sourceScores, guards[query], scores[query])
                report.add(result.mined, dropped: result.dropped)
                mined.append(result.mined)
            }
        }
        report.finish()
        return MinedNegatives(task: task, queries: mined, report: report)
    }

    /// The guide's scores of each query's list.
    private func guideScores(
        _ lists: CandidateLists, _ sourceScores: [[[Float]]], _ control: MiningControl
    ) throws -> [[Float]] {
        guard let teacher else { return sourceScores[guideSource] }
        var scores: [[Float]] = []
        try control.inPortions(of: 16, task.queries.count, "score candidates (\(teacher.name))") { range in
            scores += try teacher.scores(
                of: range.map { query in
                    (task.queries[query].text, lists.documents[query].map { task.documents[$0].text })
                })
            try check(scores, of: teacher.name, lists, from: range.lowerBound)
        }
        return scores
    }

    /// Throws for a score that is not finite, from a query on: no bound would hold it back.
    private func check(
        _ scores: [[Float]], of name: String, _ lists: CandidateLists, from first: Int = 0
    ) throws(MiningError) {
        for query in first..<scores.count {
            guard let place = scores[query].firstIndex(where: { !$0.isFinite }) else { continue }
            let asked = task.queries[query]
            let document = lists.documents[query][place]
            throw MiningError(
                .badData,
                "\(name) has a score that is not finite: the query '\(asked.id ?? asked.text)' with document "
                    + "'\(task.documents[document].id ?? "number \(document)")'",
                advice: "Check the model's weights, and its precision")
        }
    }

    private func select(
        _ query: Int, _ lists: CandidateLists, _ sourceScores: [[[Float]]], _ guards: [GuardFinding?], _ scores: [Float]
    ) -> (mined: MinedQuery, dropped: [MiningReport.Dropped]) {
        let documents = lists.documents[query]
        let asked = task.queries[query]
        func candidate(_ place: Int) -> MinedQuery.Candidate {
            MinedQuery.Candidate(
                document: documents[place], score: scores[place], sourceScores: sourceScores.map { $0[query][place] },
                sourceRanks: lists.ranks.map { $0[query][documents[place]] })
        }
        let positives = asked.positives.compactMap { documents.firstIndex(of: $0) }.map { candidate($0) }
        // Positives that no source proposed, and what may fill up, stand behind the candidates.
        let count = lists.candidateCounts[query]
        let selection = CandidateSelection(
            scores: Array(scores[..<count]), dropped: guards[..<count].map { $0?.reason },
            positives: positives.map(\.score),
            options: options, key: SplitMix.key(of: asked.text.utf8))
        var negatives = selection.chosen.map { candidate($0) }
        var dropped: [MiningReport.Dropped] = []
        for (place, reason) in selection.reasons.enumerated() {
            guard let reason else { continue }
            dropped.append(
                MiningReport.Dropped(
                    reason: reason, document: documents[place], score: scores[place], value: guards[place]?.similarity))
        }
        let fill = lists.fills(query).filter { guards[$0] == nil }.prefix(options.negatives - negatives.count)
        negatives += fill.map { candidate($0) }
        let mined = MinedQuery(
            query: query, positives: positives, negatives: negatives, filled: fill.count,
            admissible: selection.admissible)
        return (mined, dropped)
    }
}
