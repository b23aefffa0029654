import JSON
package import Relevance

/// The figures of all systems on held-out queries, their differences, and the values of each query.
package struct HeldOutTable {
    /// A difference of two systems.
    struct Comparison {
        let metric: HeldOutMetric
        let rival: HeldOutSystem
        let system: HeldOutSystem
        let result: PairedComparison
    }

    /// The systems, in the order of the table.
    let systems: [HeldOutSystem]
    /// The queries, by the bytes of their ids.
    let queries: [String]
    let comparisons: [Comparison]
    private let evaluations: [HeldOutSystem: Evaluation]

    package init(_ runs: [HeldOutSystem: RankedRun], _ judgements: Judgements) {
        systems = HeldOutSystem.allCases.filter { runs[$0] != nil }
        queries = judgements.queries
        let evaluations = runs.mapValues {
            Evaluation(of: $0, against: judgements, metrics: HeldOutMetric.allCases.map(\.metric))
        }
        self.evaluations = evaluations
        comparisons = HeldOutMetric.allCases.flatMap { metric in
            HeldOutSystem.allCases.flatMap { system in
                system.rivals.compactMap { rival in
                    guard let first = evaluations[rival], let second = evaluations[system] else { return nil }
                    return Comparison(
                        metric: metric, rival: rival, system: system,
                        result: PairedComparison(first.perQuery(metric.metric), second.perQuery(metric.metric)))
                }
            }
        }
    }

    /// The mean of a system.
    func mean(_ system: HeldOutSystem, _ metric: HeldOutMetric) -> Double? {
        evaluations[system]?.mean(metric.metric)
    }

    /// The table and the comparisons.
    var json: JSONObject {
        func number(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }
        let rows = systems.map { system -> JSONValue in
            let figures = HeldOutMetric.allCases.map { metric in
                (key: metric.name, value: number(mean(system, metric) ?? 0))
            }
            return [
                "system": .string(system.rawValue), "title": .string(system.title),
                "metrics": .object(JSONObject(figures)),
            ]
        }
        return [
            "queries": .number(JSONNumber(queries.count)), "systems": .array(rows),
            "comparisons": .array(comparisons.map(\.json)),
        ]
    }

    /// A line for each query: what was asked, what answers it, and what each system made of it.
    func lines(
        _ dataset: RetrievalDataset, _ runs: [HeldOutSystem: RankedRun], types: [String: String]
    ) -> [JSONObject] {
        queries.enumerated().map { number, id in
            let relevant = (dataset.judgements.grades[id] ?? [:]).filter { $0.value > 0 }
            let answers = relevant.keys.sorted(by: precedesByBytes)
            var line: JSONObject = [
                "query_id": .string(id), "query": .string(dataset.queries[id] ?? ""),
                "doc_ids": .array(answers.map { .string($0) }),
            ]
            if let type = types[id] { line["type"] = .string(type) }
            line["systems"] = .object(
                JSONObject(
                    systems.map { system in
                        let figures = HeldOutMetric.allCases.map { metric in
                            (
                                key: metric.name,
                                value: JSONValue.number(
                                    JSONNumber(evaluations[system]?.perQuery(metric.metric)[number] ?? 0))
                            )
                        }
                        let rank = runs[system]?.ranking(of: id).firstIndex { relevant[$0.document] != nil }
                        return (
                            key: system.rawValue,
                            value: .object(
                                JSONObject(
                                    figures + [(key: "rank", value: rank.map { .number(JSONNumber($0 + 1)) } ?? .null)])
                            )
                        )
                    }))
            return line
        }
    }
}

extension HeldOutTable.Comparison {
    var json: JSONValue {
        func number(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }
        func count(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        return [
            "metric": .string(metric.name), "system": .string(system.rawValue), "against": .string(rival.rawValue),
            "difference": number(result.difference), "lower": number(result.interval.lowerBound),
            "upper": number(result.interval.upperBound), "p_value": number(result.pValue),
            "better": count(result.better), "worse": count(result.worse), "equal": count(result.equal),
        ]
    }
}
