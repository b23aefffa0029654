import JSON
import TrainingReport

extension FineTuningReport {
    /// Title, state, and the figures that are looked for first.
    var head: HTML {
        var part = HTML()
        part.raw("<header>")
        part.element("h1", title)
        let kind = parameters["model_type"]?.string.map { "\($0) encoder" }
        part.element(
            "p", [run, kind, state, began.map { "began \($0)" }].compactMap { $0 }.joined(separator: " · "),
            style: "soft")
        if let failure { part.element("p", failure, style: "warning") }
        part.raw("</header>\n")
        guard !tiles.isEmpty else { return part }
        part.raw("<div class=\"tiles\">")
        for tile in tiles {
            part.raw("<div class=\"tile\">")
            part.element("span", tile.name)
            part.element("b", tile.value, style: tile.style)
            part.raw("</div>")
        }
        part.raw("</div>\n")
        return part
    }

    private var tiles: [(name: String, value: String, style: String)] {
        var tiles: [(name: String, value: String, style: String)] = []
        let metric = gate?.metric ?? outcomeNames.metric
        if let tuned = systems.first(where: { $0.name == "tuned" })?.metrics[metric] {
            tiles.append((Figures.metric(metric), Figures.fixed(tuned, 4), ""))
        }
        if let found = comparisons.first(where: { $0.system == "tuned" && $0.metric == metric }) {
            let style = found.interval.lowerBound > 0 ? "good" : found.interval.upperBound < 0 ? "bad" : ""
            tiles.append(("against \(title(of: found.rival))", Figures.signed(found.difference, 4), style))
        }
        if !outcomes.isEmpty { tiles.append(("held-out queries", Figures.grouped(outcomes.count), "")) }
        if let generation {
            tiles.append(("queries kept", Figures.grouped(generation.kinds.reduce(0) { $0 + $1.kept }), ""))
        }
        let seconds = phases.compactMap(\.seconds).reduce(0, +)
        if seconds > 0 { tiles.append(("time of the phases", Figures.duration(seconds), "")) }
        return tiles
    }

    /// What a system is called.
    func title(of name: String) -> String { systems.first { $0.name == name }?.title ?? name }

    /// The gate's decision.
    var decision: HTML {
        guard let gate else { return HTML() }
        var part = HTML()
        part.raw("<div class=\"verdict \(gate.isPassed ? "good" : "bad")\">")
        part.element(
            "b",
            gate.isPassed
                ? "The gate is passed: the model may be deployed"
                : gate.isOverridden
                    ? "The gate is not passed; the model is deployed all the same, as was asked for"
                    : "The gate is not passed: the model is not deployed")
        part.element("p", gate.sentence)
        part.raw("</div>\n")
        return part
    }
}
