/// What became of the candidates: how many were kept and dropped, why, and how the scores lie.
public struct MiningReport: Sendable {
    /// A candidate that did not become a negative.
    struct Dropped {
        let reason: DropReason
        let document: Int
        let score: Float
        /// The similarity of a near duplicate.
        let value: Double?
    }

    /// A dropped candidate, to look at.
    public struct Example: Sendable, Hashable {
        /// The query.
        public let query: String
        /// The positive with the lowest score.
        public let positive: String
        /// The score of that positive.
        public let positiveScore: Float
        /// The candidate.
        public let document: String
        /// The id of the candidate, if it has one.
        public let documentID: String?
        /// The score of the candidate.
        public let score: Float
        /// The Jaccard coefficient of a near duplicate.
        public let similarity: Double?
    }

    /// What one source contributed.
    public struct Source: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// How many negatives were among its best.
        public internal(set) var negatives = 0
        /// How many of these no other source had.
        public internal(set) var onlyHere = 0
        /// Queries with a positive in the first place of its list.
        public internal(set) var positiveFirst = 0
        /// Queries with a positive anywhere in its list.
        public internal(set) var positiveFound = 0
    }

    /// How many examples are kept for each reason.
    public static let exampleLimit = 3

    /// What the scores are of.
    public let guide: String
    /// The options.
    public let options: MiningOptions
    /// Documents of the collection.
    public let documents: Int
    /// Queries of the task.
    public internal(set) var queries = 0
    /// Pairs of a query and a positive.
    public internal(set) var pairs = 0
    /// Candidates of all queries.
    public internal(set) var candidates = 0
    /// Negatives, without those that fill up.
    public internal(set) var negatives = 0
    /// Random documents that fill up.
    public internal(set) var filled = 0
    /// Queries with as many negatives as were asked for, without those that fill up.
    public internal(set) var complete = 0
    /// Queries without an admissible candidate.
    public internal(set) var withoutAdmissible = 0
    /// Admissible candidates of all queries.
    public internal(set) var admissible = 0
    /// Dropped candidates by reason.
    public internal(set) var dropped: [DropReason: Int] = [:]
    /// The first few for each reason, in the order of the queries.
    public internal(set) var examples: [DropReason: [Example]] = [:]
    /// The sources, in their order.
    public internal(set) var sources: [Source]
    /// The scores of positives, one for each pair.
    public internal(set) var positiveScores = ScoreSummary([])
    /// The scores of negatives.
    public internal(set) var negativeScores = ScoreSummary([])
    /// The scores of the first negative of each query that has one.
    public internal(set) var hardestScores = ScoreSummary([])
    /// Positive less negative, of all pairs of the two for each query.
    public internal(set) var differences = ScoreSummary([])

    private let task: MiningTask
    private var values = Values()

    private struct Values: Sendable {
        var positives: [Float] = []
        var negatives: [Float] = []
        var hardest: [Float] = []
        var differences: [Float] = []
    }

    init(task: MiningTask, sources: [String], guide: String, options: MiningOptions) {
        self.task = task
        self.guide = guide
        self.options = options
        documents = task.documents.count
        self.sources = sources.map { Source(name: $0) }
    }

    /// Counts one query.
    mutating func add(_ mined: MinedQuery, dropped: [Dropped]) {
        let own = mined.negatives.dropLast(mined.filled)
        queries += 1
        pairs += mined.positives.count
        candidates += own.count + dropped.count
        negatives += own.count
        filled += mined.filled
        admissible += mined.admissible
        if own.count == options.negatives { complete += 1 }
        if mined.admissible == 0 { withoutAdmissible += 1 }
        for candidate in dropped { add(candidate, of: mined) }
        for source in sources.indices {
            let ranks = mined.positives.compactMap { $0.sourceRanks[source] }
            if ranks.contains(1) { sources[source].positiveFirst += 1 }
            if !ranks.isEmpty { sources[source].positiveFound += 1 }
            for negative in own where negative.sourceRanks[source] != nil {
                sources[source].negatives += 1
                if negative.sourceRanks.count(where: { $0 != nil }) == 1 { sources[source].onlyHere += 1 }
            }
        }
        values.positives += mined.positives.map(\.score)
        values.negatives += own.map(\.score)
        if let hardest = own.first { values.hardest.append(hardest.score) }
        for positive in mined.positives { values.differences += own.map { positive.score - $0.score } }
    }

    private mutating func add(_ candidate: Dropped, of mined: MinedQuery) {
        dropped[candidate.reason, default: 0] += 1
        guard examples[candidate.reason, default: []].count < Self.exampleLimit,
            let lowest = mined.positives.min(by: { $0.score < $1.score })
        else { return }
        examples[candidate.reason, default: []].append(
            Example(
                query: task.queries[mined.query].text, positive: task.documents[lowest.document].text,
                positiveScore: lowest.score, document: task.documents[candidate.document].text,
                documentID: task.documents[candidate.document].id, score: candidate.score, similarity: candidate.value))
    }

    /// Sums the scores up once all queries are counted.
    mutating func finish() {
        positiveScores = ScoreSummary(values.positives)
        negativeScores = ScoreSummary(values.negatives)
        hardestScores = ScoreSummary(values.hardest)
        differences = ScoreSummary(values.differences)
        values = Values()
    }
}
