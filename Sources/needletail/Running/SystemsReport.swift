import JSON
import Relevance

/// Several systems in figures, each beside the first.
struct SystemsReport {
    private let systems: [SystemRuns.SystemRun]
    private var runs: [RankedRun] { systems.map(\.run) }
    private let queries: Int
    private let metrics: [Metric]
    private let evaluations: [Evaluation]

    init(_ systems: [SystemRuns.SystemRun], judgements: Judgements, metrics: [Metric], level: Int, judgedOnly: Bool) {
        self.systems = systems
        self.metrics = metrics
        queries = judgements.queries.count
        evaluations = systems.map {
            Evaluation(of: $0.run, against: judgements, metrics: metrics, relevantFrom: level, judgedOnly: judgedOnly)
        }
    }

    private func comparison(_ system: Int, _ metric: Metric) -> PairedComparison {
        PairedComparison(evaluations[0].perQuery(metric), evaluations[system].perQuery(metric))
    }

    /// A row for each system, with the difference of the first metric to the first system's.
    func table(terminal: Terminal) -> String {
        guard queries > 0, let first = metrics.first else { return "no judged queries\n" }
        var table = TextTable(
            [.init(Numbers.counted(queries, "query", "queries"))] + metrics.map { .init($0.name, .right) }
                + [
                    .init("\(first.name) to \(runs[0].name)", .right), .init("95 % interval", .right),
                    .init("better / worse", .right), .init("ms/query", .right),
                ])
        for (system, run) in runs.enumerated() {
            let time = TextTable.Cell(Numbers.milliseconds(systems[system].perQuery.milliseconds))
            let means = metrics.map { TextTable.Cell(Numbers.fixed(evaluations[system].mean($0), 4), .bold) }
            guard system > 0 else {
                table.add([.init(run.name)] + means + ["", "", "", time])
                continue
            }
            let comparison = comparison(system, first)
            table.add(
                [.init(run.name)] + means + [
                    .init(comparison.differenceText, comparison.style), .init(comparison.intervalText),
                    "\(comparison.better) / \(comparison.worse)", time,
                ])
        }
        return table.rendered(for: terminal)
    }

    /// All figures as one line of JSON.
    func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("queries")
        writer.value(queries)
        writer.key("systems")
        writer.beginArray()
        for (system, run) in runs.enumerated() where queries > 0 {
            writer.beginObject()
            writer.key("name")
            writer.value(run.name)
            writer.key("metrics")
            writer.beginObject()
            for metric in metrics {
                writer.key(metric.name)
                writer.value(evaluations[system].mean(metric))
            }
            writer.endObject()
            writer.key("milliseconds_per_query")
            writer.value(systems[system].perQuery.milliseconds)
            if system > 0 {
                writer.key("difference")
                writer.beginObject()
                for metric in metrics {
                    writer.key(metric.name)
                    comparison(system, metric).write(to: &writer)
                }
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }
}

extension PairedComparison {
    /// The difference with its sign.
    var differenceText: String { Numbers.signed(difference, 4) }

    /// The interval with signs.
    var intervalText: String {
        "\(Numbers.signed(interval.lowerBound, 3)) .. \(Numbers.signed(interval.upperBound, 3))"
    }

    /// Green for a gain, red for a loss, dim for what may be luck.
    var style: Terminal.Style { pValue >= 0.05 ? .dim : difference > 0 ? .green : .red }

    /// Writes the figures as an object.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (key, value) in [
            ("difference", difference), ("low", interval.lowerBound), ("high", interval.upperBound), ("p", pValue),
        ] {
            writer.key(key)
            writer.value(value)
        }
        for (key, value) in [("better", better), ("worse", worse), ("equal", equal)] {
            writer.key(key)
            writer.value(value)
        }
        writer.endObject()
    }
}
