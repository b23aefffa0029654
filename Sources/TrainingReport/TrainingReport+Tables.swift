import JSON
import Training

extension TrainingReport {
    /// What the figures are called, in the order of the tables: the one that decides first.
    private var metricNames: [String] {
        let names = Set(log.evaluations.flatMap(\.metrics.keys)).union(systems.flatMap(\.metrics.keys))
        let deciding = deciding.name
        return names.sorted {
            ($0 == deciding ? 0 : 1, $0.contains("@") ? 0 : 1, $0) < (
                $1 == deciding ? 0 : 1, $1.contains("@") ? 0 : 1, $1
            )
        }
    }

    private func cell(_ name: String, _ value: Double?) -> String {
        guard let value else { return "–" }
        return name.contains("@") || name == "map" ? Figures.fixed(value, 4) : Figures.significant(value)
    }

    /// The model before and after, beside others.
    var comparison: HTML {
        let names = metricNames
        let (deciding, _, best) = deciding
        let before = log.evaluations.first { $0.step == 0 }
        guard best != nil || before != nil || !systems.isEmpty, !names.isEmpty else { return HTML() }
        var rows = systems.map { system in [system.name] + names.map { cell($0, system.metrics[$0]) } }
        if let before { rows.append(["\(modelName), before"] + names.map { cell($0, before.metrics[$0]) }) }
        if let best {
            rows.append(["trained, step \(Figures.grouped(best.step))"] + names.map { cell($0, best.metrics[$0]) })
        }
        if let before, let best {
            rows.append(
                ["difference"]
                    + names.map { name in
                        guard let new = best.metrics[name], let old = before.metrics[name] else { return "–" }
                        return name.contains("@") ? Figures.signed(new - old, 4) : Figures.significant(new - old)
                    })
        }
        var part = HTML()
        part.raw("<section><h2>Result</h2>")
        let place = [setting("evaluation"), setting("evaluation_split").map { "split \($0)" }].compactMap { $0 }
        let queries = best?.queries ?? before?.queries
        part.element(
            "p",
            (place + (queries.map { ["\(Figures.grouped($0)) queries"] } ?? [])
                + ["the model of the step with the best \(Figures.metric(deciding))"]).joined(separator: ", ")
                + ". These queries chose the step: judge by others that took no part.", style: "soft")
        part.table(["system"] + names.map(Figures.metric), rows)
        part.raw("</section>\n")
        return part
    }

    /// All evaluations.
    var evaluations: HTML {
        guard !log.evaluations.isEmpty else { return HTML() }
        let names = metricNames.filter { name in log.evaluations.contains { $0.metrics[name] != nil } }
        let best = deciding.best?.step
        let rows = log.evaluations.map { record in
            [
                "\(Figures.grouped(record.step))\(record.step == best ? " (best)" : "")",
                Figures.significant(record.epoch, 3),
            ]
                + names.map { cell($0, record.metrics[$0]) } + [Figures.duration(record.seconds)]
        }
        var part = HTML()
        part.raw("<section><h2>Evaluations</h2>")
        part.table(["after step", "epoch"] + names.map(Figures.metric) + ["time"], rows)
        part.raw("</section>\n")
        return part
    }

    /// The data, and all settings.
    var facts: HTML {
        var rows: [[String]] = []
        if let overview = log.overview {
            rows += [
                ["training data", setting("train") ?? ""],
                ["examples", "\(Figures.grouped(overview.examples)) \(overview.exampleKind)"],
                ["steps of an epoch", Figures.grouped(overview.stepsPerEpoch)],
                ["loss", overview.loss], ["trained weights", Figures.grouped(overview.parameterCount)],
                ["threads", "\(overview.threads)"], ["digest of the data", overview.dataHash],
                ["digest of the settings that decide the result", overview.configurationHash],
            ]
        }
        if !log.steps.isEmpty {
            let tokens = log.steps.reduce(0) { $0 + $1.tokens }
            let examples = log.steps.reduce(0) { $0 + $1.examples }
            rows.append(["trained on", "\(Figures.grouped(examples)) examples, \(Figures.grouped(tokens)) tokens"])
            if examples > 0 {
                rows.append(["tokens of an example", Figures.significant(Double(tokens) / Double(examples), 3)])
            }
        }
        if let result = log.result {
            rows.append(["time, evaluations included", Figures.duration(result.seconds)])
            if let model = result.model { rows.append(["model", model]) }
        }
        if let checkpoint = log.result?.checkpoint ?? log.checkpoint { rows.append(["last checkpoint", checkpoint]) }
        var part = HTML()
        if !rows.isEmpty {
            part.raw("<section><h2>Run and data</h2>")
            part.table(["fact", "value"], rows, style: "facts")
            part.raw("</section>\n")
        }
        guard !log.settings.isEmpty else { return part }
        let defaults = TrainingConfiguration()
        let settings = TrainingSetting.all.map { setting in
            let value = log.settings[setting.name] ?? .null
            let isDefault = value == setting.value(in: defaults)
            return [
                setting.name, value.isNull ? "unset" : value.string ?? value.serialized(), isDefault ? "" : "set",
                setting.meaning,
            ]
        }
        part.raw("<section><h2>Settings</h2>")
        part.table(["setting", "value", "", "meaning"], settings.filter { $0[2] == "set" }, style: "facts")
        part.raw("<details><summary>All settings</summary>")
        part.table(["setting", "value", "", "meaning"], settings, style: "facts")
        part.raw("</details></section>\n")
        return part
    }
}
