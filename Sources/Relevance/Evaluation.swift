/// The values of some metrics for every judged query of a run.
///
/// The average is over all judged queries, as with `trec_eval -c`: a query without results counts 0, results of queries
/// without judgements count nothing. Queries whose judgements name no relevant document count 0 as well.
public struct Evaluation: Sendable {
    /// The metrics, in the order asked for.
    public let metrics: [Metric]
    /// The judged queries, sorted by the bytes of their ids.
    public let queries: [String]
    /// Values by metric, one for each of `queries`.
    private let values: [Metric: [Double]]

    /// Evaluates a run against judgements.
    ///
    /// - Parameters:
    ///   - level: the lowest grade that counts as relevant, as `trec_eval -l`.
    ///   - judgedOnly: take results that nobody judged, or with a negative grade, out of the rankings first, as `trec_eval -J`: kinder
    ///     to systems that did not contribute to the pool of judged documents (Sakai 2007, "condensed lists").
    /// - Complexity: O(n log n) in the results, for each metric linear.
    public init(
        of run: RankedRun, against judgements: Judgements, metrics: [Metric], relevantFrom level: Int = 1,
        judgedOnly: Bool = false
    ) {
        self.metrics = metrics
        self.queries = judgements.queries
        var values: [Metric: [Double]] = [:]
        for query in queries {
            let grades = judgements.grades[query] ?? [:]
            var ranked = run.ranking(of: query).map { grades[$0.document] }
            if judgedOnly { ranked.removeAll { ($0 ?? -1) < 0 } }
            let judged = Array(grades.values)
            for metric in Set(metrics) {
                values[metric, default: []].append(metric.value(ranked: ranked, judged: judged, relevantFrom: level))
            }
        }
        self.values = values
    }

    /// One value for each of `queries`.
    ///
    /// - Precondition: `metric` is one of `metrics`.
    public func perQuery(_ metric: Metric) -> [Double] {
        precondition(metrics.contains(metric), "\(metric.name) was not evaluated")
        return values[metric] ?? []
    }

    /// The mean over all judged queries, 0 when there is none.
    ///
    /// - Precondition: `metric` is one of `metrics`.
    public func mean(_ metric: Metric) -> Double {
        let values = perQuery(metric)
        return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
