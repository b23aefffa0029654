import JSON
import TrainingReport

extension FineTuningReport {
    /// The table of systems, and their differences with intervals.
    var results: HTML {
        guard !systems.isEmpty else { return HTML() }
        var part = HTML()
        part.raw("<section><h2>Before and after</h2>")
        part.element(
            "p",
            "Means over \(Figures.grouped(outcomes.count)) queries, \(origin). Differences are of the same queries; "
                + "intervals hold 95 % of the resampled differences.",
            style: "soft")
        let names = metricNames
        part.table(
            ["system"] + names.map(Figures.metric),
            systems.map { system in
                [system.title] + names.map { system.metrics[$0].map { Figures.fixed($0, 4) } ?? "–" }
            })
        if !comparisons.isEmpty {
            let metric = gate?.metric ?? names.first ?? ""
            part.raw("<div class=\"charts\">")
            part.add(
                IntervalChart(
                    title: "Differences in \(Figures.metric(metric)), 95 %",
                    rows: comparisons.filter { $0.metric == metric }.map {
                        .init(name: words($0), value: $0.difference, interval: $0.interval)
                    },
                    limit: gate.map { ("the gate's margin", $0.margin) }
                ).html)
            part.raw("</div>")
            part.raw("<details><summary>All differences</summary>")
            part.table(
                ["difference", "figure", "mean", "from", "to", "better", "worse", "equal"],
                comparisons.map { found in
                    [
                        words(found), Figures.metric(found.metric), Figures.signed(found.difference, 4),
                        Figures.signed(found.interval.lowerBound, 4), Figures.signed(found.interval.upperBound, 4),
                        Figures.grouped(found.better), Figures.grouped(found.worse), Figures.grouped(found.equal),
                    ]
                })
            part.raw("</details>")
        }
        part.raw("</section>\n")
        return part
    }

    /// Where the queries come from.
    private var origin: String {
        if let folder = parameters["evaluation"]?["folder"]?.string { return "those of \(folder)" }
        return "of documents that were held out of training and of the choice of a checkpoint"
    }

    private func words(_ comparison: Comparison) -> String {
        "\(title(of: comparison.system)) – \(title(of: comparison.rival))"
    }

    /// The names of all figures, the gate's first.
    private var metricNames: [String] {
        let names = Set(systems.flatMap(\.metrics.keys))
        return names.sorted { ($0 == gate?.metric ? 0 : 1, $0) < ($1 == gate?.metric ? 0 : 1, $1) }
    }

    /// The queries that lost and gained most, with what was found before and after.
    var extremes: HTML {
        let worst = Self.worst(outcomes)
        let best = Self.best(outcomes)
        guard !worst.isEmpty || !best.isEmpty else { return HTML() }
        let better = outcomes.count { $0.change > 1e-12 }
        let worse = outcomes.count { $0.change < -1e-12 }
        var part = HTML()
        part.raw("<section><h2>Worst and best queries</h2>")
        part.element(
            "p",
            "By \(Figures.metric(outcomeNames.metric)), \(outcomeNames.after) against \(outcomeNames.before): \(Figures.grouped(better)) "
                + "better, \(Figures.grouped(worse)) worse, \(Figures.grouped(outcomes.count - better - worse)) equal. "
                + "Documents that answer the query stand out.", style: "soft")
        for (name, places) in [("Lost most", worst), ("Gained most", best)] where !places.isEmpty {
            part.element("h2", name)
            for place in places { part.add(html(outcomes[place])) }
        }
        part.raw("</section>\n")
        return part
    }

    private func html(_ outcome: Outcome) -> HTML {
        var part = HTML()
        part.raw("<div class=\"outcome\">")
        part.element("h3", outcome.query)
        part.raw("<p class=\"soft\">")
        part.text(outcome.kind.map { "\($0) · " } ?? "")
        part.text("\(Figures.fixed(outcome.before, 4)) → \(Figures.fixed(outcome.after, 4)) (")
        part.element("span", Figures.signed(outcome.change, 4), style: outcome.change > 0 ? "good" : "bad")
        part.text(
            "), first answer: \(Self.rank(outcome.rankBefore)) → \(Self.rank(outcome.rankAfter))")
        part.raw("</p><div class=\"sides\">")
        for (name, hits) in [(outcomeNames.before, outcome.hitsBefore), (outcomeNames.after, outcome.hitsAfter)]
        where !hits.isEmpty {
            part.raw("<div>")
            part.element("span", name, style: "soft")
            part.raw("<ol>")
            for hit in hits {
                part.raw(hit.isAnswer ? "<li class=\"answer\">" : "<li>")
                part.element("code", hit.document)
                part.text(" " + hit.text)
                part.raw("</li>")
            }
            part.raw("</ol></div>")
        }
        part.raw("</div></div>\n")
        return part
    }

    private static func rank(_ rank: Int?) -> String { rank.map { "rank \($0)" } ?? "not found" }
}
