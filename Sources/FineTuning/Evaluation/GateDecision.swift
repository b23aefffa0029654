import JSON
import Relevance

/// Whether a model is good enough to be deployed, and by what evidence.
///
/// The tuned model must be better than every rival by more than the margin: by the lower end of the 95 % interval of the difference, or by the
/// difference itself. An interval is what one can be sure of with so many queries: with few, a small gain is no evidence.
package struct GateDecision {
    /// One rival.
    struct Trial {
        let rival: HeldOutSystem
        let result: PairedComparison
        /// What is held against the margin.
        let value: Double
        let isPassed: Bool
    }

    let trials: [Trial]
    let settings: GateSettings
    let queries: Int
    /// Whether the figures allow the deployment.
    package var isPassed: Bool {
        !trials.isEmpty && unmeasured.isEmpty && trials.allSatisfy(\.isPassed) && queries >= settings.minimumQueries
    }
    /// Rivals of which there are no figures: nobody can say that the model is better.
    let unmeasured: [HeldOutSystem]

    /// Decides.
    ///
    /// - Parameter usual: the rivals where none are named.
    package init(_ table: HeldOutTable, _ settings: GateSettings, usual: [HeldOutSystem]) {
        self.settings = settings
        queries = table.queries.count
        let metric = HeldOutMetric(named: settings.metric) ?? .nDCG
        let named = settings.rivals.map { $0 == .base ? HeldOutSystem.base : .bm25 }
        let rivals = named.isEmpty ? usual : named
        let trials = rivals.compactMap { rival -> Trial? in
            guard
                let found = table.comparisons.first(where: {
                    $0.metric == metric && $0.system == .tuned && $0.rival == rival
                })
            else { return nil }
            let value =
                settings.evidence == .lowerBound ? found.result.interval.lowerBound : found.result.difference
            return Trial(rival: rival, result: found.result, value: value, isPassed: value > settings.margin)
        }
        self.trials = trials
        unmeasured = rivals.filter { rival in !trials.contains { $0.rival == rival } }
    }

    /// The decision in one sentence.
    package var sentence: String {
        let evidence = settings.evidence == .lowerBound ? "the lower end of the 95 % interval" : "the mean"
        let words = trials.map { trial in
            let interval = trial.result.interval
            return "\(settings.metric) \(Self.points(trial.result.difference)) points against \(trial.rival.title) "
                + "(95 %: \(Self.points(interval.lowerBound)) to \(Self.points(interval.upperBound)))"
        }
        if queries < settings.minimumQueries {
            return "refused: \(queries) queries are fewer than the \(settings.minimumQueries) of gate.minimum_queries"
        }
        let missing = unmeasured.map { "\($0.title) could not be measured" }
        return
            "\(isPassed ? "passed" : "refused"): \((words + missing).joined(separator: ", ")) on \(queries) queries; "
            + "\(evidence) must exceed \(Self.points(settings.margin))"
    }

    private static func points(_ value: Double) -> String {
        let rounded = (value * 10_000).rounded() / 100
        return (rounded < 0 ? "" : "+") + "\(rounded)"
    }

    var json: JSONObject {
        func number(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }
        return [
            "passed": .bool(isPassed), "overridden": .bool(settings.isOverridden && !isPassed),
            "deploys": .bool(isPassed || settings.isOverridden), "metric": .string(settings.metric),
            "evidence": .string(settings.evidence.rawValue), "margin": number(settings.margin),
            "queries": .number(JSONNumber(queries)), "decision": .string(sentence),
            "trials": .array(
                trials.map { trial in
                    [
                        "against": .string(trial.rival.rawValue), "difference": number(trial.result.difference),
                        "lower": number(trial.result.interval.lowerBound),
                        "upper": number(trial.result.interval.upperBound), "value": number(trial.value),
                        "passed": .bool(trial.isPassed),
                    ]
                }),
        ]
    }
}
