import JSON
import ModelExport
import TrainableEncoders
import Training
import TrainingReport

/// What came of a training: figures beside those of the model before and of search by words, and where everything is.
struct TrainingOutcome {
    private let result: TrainingResult
    private let configuration: TrainingConfiguration
    private let systems: [TrainingReport.System]
    private let report: String
    private let archives: [OpenSearchPackage]

    init(
        _ result: TrainingResult, _ configuration: TrainingConfiguration, systems: [TrainingReport.System],
        report: String, archives: [OpenSearchPackage]
    ) {
        self.result = result
        self.configuration = configuration
        self.systems = systems
        self.report = report
        self.archives = archives
    }

    /// For people.
    func text(for terminal: Terminal) -> String {
        var text = table(for: terminal)
        let ending = result.ending == .earlyStop ? "The evaluation did not improve any more. " : ""
        text +=
            "\(ending)\(Numbers.counted(result.steps, "step")) in \(Figures.duration(result.seconds)).\n"
        if let model = result.model { text += "model    \(model)\n" }
        text += "report   \(report)\n"
        for archive in archives { text += "archive  \(archive.path) (\(Numbers.bytes(archive.byteCount)))\n" }
        if let hint { text += terminal.styled("Judge by queries that took no part: \(hint)", .dim) + "\n" }
        return text
    }

    private func table(for terminal: Terminal) -> String {
        guard let best = result.best else { return "" }
        let names = best.metrics.keys.filter { $0.contains("@") || $0 == "map" }.sorted {
            ($0 == configuration.bestMetric ? 0 : 1, $0) < ($1 == configuration.bestMetric ? 0 : 1, $1)
        }
        var table = TextTable(
            [.init(Numbers.counted(best.queries, "query", "queries"))] + names.map { .init(Figures.metric($0), .right) }
        )
        func row(_ name: String, _ metrics: [String: Double], _ style: Terminal.Style? = nil) {
            table.add(
                [.init(name)] + names.map { .init(metrics[$0].map { Numbers.fixed($0, 4) } ?? "-", style) })
        }
        for system in systems { row(system.name, system.metrics) }
        if let baseline = result.baseline { row("before", baseline.metrics) }
        row("trained (step \(best.step))", best.metrics, .bold)
        if let baseline = result.baseline {
            table.add(
                ["difference"]
                    + names.map { name in
                        let difference = (best.metrics[name] ?? 0) - (baseline.metrics[name] ?? 0)
                        return .init(
                            Numbers.signed(difference, 4), difference > 0 ? .green : difference < 0 ? .red : .dim)
                    })
        }
        return table.rendered(for: terminal) + "\n"
    }

    /// A command that compares the models on other queries.
    private var hint: String? {
        guard let folder = configuration.evaluationData, let model = result.model else { return nil }
        let option =
            switch configuration.task {
            case .dense: "--embed before=\(configuration.model) --embed trained=\(model)"
            case .sparse: "--sparse before=\(configuration.model) --sparse trained=\(model)"
            case .crossEncoder: "--model \(model)"
            }
        return "needletail eval \(folder) --split test \(option)"
    }

    /// For programs: one more line behind the events.
    func line() -> String {
        let rows = systems.map { system -> JSONValue in
            let figures = system.metrics.sorted { $0.key < $1.key }.map {
                (key: $0.key, value: JSONValue.number(JSONNumber($0.value)))
            }
            return .object(["name": .string(system.name), "metrics": .object(JSONObject(figures))])
        }
        let row: JSONObject = [
            "event": "written", "model": result.model.map { .string($0) } ?? .null, "report": .string(report),
            "archives": .array(archives.map { .string($0.path) }), "systems": .array(rows),
        ]
        return JSONValue.object(row).serialized() + "\n"
    }
}
