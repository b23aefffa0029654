public import Querying
public import Relevance

/// What several systems found for judged queries, ready to be fused in many ways and measured.
///
/// Fusing is what a hybrid search does (``ScoreFusion``): the first `depth` results of each system are a query's parts.
public struct FusionPool: Sendable {
    /// One query.
    struct Entry: Sendable {
        /// All documents that any system found, by id in descending order of bytes: the order of equal scores in an evaluation.
        var documents: [String]
        /// Their grades; nil where nobody judged.
        var grades: [Int?]
        /// The grades of all judged documents.
        var judged: [Int]
        /// By system: the scores, descending.
        var scores: [[Float]]
        /// By system: the place in `documents` of each score.
        var places: [[Int]]
    }

    /// The names of the systems, in the order of a hybrid query's parts.
    public let systems: [String]
    /// The judged queries, sorted by the bytes of their ids.
    public let queries: [String]
    let entries: [Entry]

    /// Gathers the first results of each system.
    ///
    /// - Parameters:
    ///   - depth: how many results of each system take part: `pagination_depth` of a hybrid query.
    /// - Complexity: O(n log n) in the results.
    public init(_ runs: [RankedRun], judgements: Judgements, depth: Int) {
        systems = runs.map(\.name)
        queries = judgements.queries
        entries = queries.map { query in
            let grades = judgements.grades[query] ?? [:]
            let rankings = runs.map { $0.ranking(of: query).prefix(depth) }
            let documents = Set(rankings.joined().map(\.document)).sorted {
                $1.utf8.lexicographicallyPrecedes($0.utf8)
            }
            let places = Dictionary(uniqueKeysWithValues: documents.enumerated().map { ($1, $0) })
            return Entry(
                documents: documents, grades: documents.map { grades[$0] }, judged: Array(grades.values),
                scores: rankings.map { $0.map { Float($0.score) } },
                places: rankings.map { $0.compactMap { places[$0.document] } })
        }
    }

    /// The scores of all systems as one technique makes them comparable.
    ///
    /// - Complexity: O(n) in the results.
    public func parts(_ technique: ScoreFusion.Technique) -> FusionParts {
        let fusion = ScoreFusion(technique)
        let parts = entries.map { entry in
            var parts = Array(
                repeating: Array(repeating: Float?.none, count: systems.count), count: entry.documents.count)
            for system in systems.indices {
                let values = fusion.parts(entry.scores[system], query: system)
                for (place, value) in zip(entry.places[system], values) { parts[place][system] = value }
            }
            return parts
        }
        return FusionParts(pool: self, technique: technique, parts: parts)
    }

    /// One value of a metric for each query, of one system alone.
    public func perQuery(ofSystem system: Int, _ metric: Metric) -> [Double] {
        entries.map { entry in
            metric.value(ranked: entry.places[system].map { entry.grades[$0] }, judged: entry.judged)
        }
    }

    /// One value of a metric for each query, of a fusion.
    public func perQuery(_ fusion: ScoreFusion, _ metric: Metric) -> [Double] {
        parts(fusion.technique).perQuery(weights: fusion.weights, metric)
    }

    /// The fused results as a run.
    public func run(_ fusion: ScoreFusion, name: String) -> RankedRun {
        let parts = parts(fusion.technique)
        var run = RankedRun(name: name)
        for (number, query) in queries.enumerated() {
            let ranked = parts.ranked(number, fusion)
            run.setResults(
                ranked.map { ScoredDocument(entries[number].documents[$0.place], score: Double($0.score)) },
                query: query)
        }
        return run
    }
}

/// Scores that one technique has made comparable, waiting for their weights.
public struct FusionParts: Sendable {
    let pool: FusionPool
    let technique: ScoreFusion.Technique
    /// By query, document and system; nil where the system did not find the document.
    let parts: [[[Float?]]]

    /// One value of a metric for each query.
    ///
    /// - Parameter weights: one for each system; empty: all 1.
    /// - Complexity: O(n log n) in the results.
    public func perQuery(weights: [Float], _ metric: Metric) -> [Double] {
        let fusion = ScoreFusion(technique, weights: weights)
        return pool.entries.indices.map { query in
            let entry = pool.entries[query]
            return metric.value(ranked: ranked(query, fusion).map { entry.grades[$0.place] }, judged: entry.judged)
        }
    }

    /// The documents of a query in fused order: by score, then as an evaluation orders equal scores.
    func ranked(_ query: Int, _ fusion: ScoreFusion) -> [(place: Int, score: Float)] {
        parts[query].enumerated().map { (place: $0, score: fusion.combined($1)) }.sorted {
            $0.score != $1.score ? $0.score > $1.score : $0.place < $1.place
        }
    }
}
