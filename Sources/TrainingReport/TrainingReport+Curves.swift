import JSON
import Training

extension TrainingReport {
    /// About how many steps a smoothed value looks at.
    var reach: Double { max(5, Double(log.steps.count) / 20) }

    var lossCurve: Curve { curve(\.loss) }

    private func curve(_ value: (StepRecord) -> Double) -> Curve {
        Curve(log.steps.map { Curve.Point(x: Double($0.step), y: value($0)) })
    }

    private func chart(_ title: String, _ lines: [LineChart.Line]) -> LineChart {
        LineChart(
            title: title, lines: lines,
            lastStep: Double(max(log.overview?.stepCount ?? 0, (log.steps.last?.step ?? 0) + 1)),
            epochSteps: log.overview.map { Double($0.stepsPerEpoch) })
    }

    /// A noisy curve: its values, and what they come to.
    private func noisy(_ title: String, _ curve: Curve) -> LineChart {
        chart(
            title,
            [
                .init(name: "each step", curve: curve, style: .faint),
                .init(name: "smoothed", curve: curve.smoothed(reach: reach), style: .first),
            ])
    }

    /// All curves.
    package var curves: HTML {
        var charts: [LineChart] = []
        let figures = Set(log.evaluations.flatMap(\.metrics.keys))
        let shares = figures.filter { $0.contains("@") || $0 == "map" }.sorted { rank($0) < rank($1) }
        if !shares.isEmpty {
            var chart = chart("Evaluation", lines(shares))
            if let first = deciding.first { chart.level = ("\(Figures.metric(deciding.name)) before", first) }
            charts.append(chart)
        }
        var loss = noisy("Loss", lossCurve)
        loss.startsAtZero = true
        charts.append(loss)
        var norm = noisy("Gradient norm", curve(\.gradientNorm))
        norm.startsAtZero = true
        if let limit = log.settings["max_grad_norm"]?.double, limit > 0 { norm.level = ("clipped above", limit) }
        charts.append(norm)
        var rate = chart("Learning rate", [.init(name: "", curve: curve(\.learningRate), style: .first)])
        rate.startsAtZero = true
        charts.append(rate)
        var speed = noisy("Tokens a second", curve(\.tokensPerSecond))
        speed.startsAtZero = true
        charts.append(speed)
        let active = log.steps.compactMap { step in step.activeEntries.map { (Double(step.step), $0) } }
        for (index, title) in ["Active entries of a query", "Active entries of a document"].enumerated() {
            let points = active.compactMap { step, values in
                index < values.count ? Curve.Point(x: step, y: values[index]) : nil
            }
            if !points.isEmpty { charts.append(noisy(title, Curve(points))) }
        }
        for name in figures.subtracting(shares).sorted() {
            charts.append(chart("Evaluation: \(Figures.metric(name))", lines([name])))
        }
        var part = HTML()
        part.raw("<section><h2>Curves</h2>")
        part.element("p", "Over steps of the optimiser; dotted lines stand at the ends of epochs.", style: "soft")
        part.raw("<div class=\"charts\">\n")
        for chart in charts { part.add(chart.html) }
        part.raw("</div></section>\n")
        return log.steps.isEmpty && figures.isEmpty ? HTML() : part
    }

    /// The figure that decides comes first.
    private func rank(_ name: String) -> (Int, String) { (name == deciding.name ? 0 : 1, name) }

    private func lines(_ names: [String]) -> [LineChart.Line] {
        let styles: [LineChart.Style] = [.first, .second, .third, .fourth, .fifth]
        return zip(names, styles).map { name, style in
            let points = log.evaluations.compactMap { record in
                record.metrics[name].map { Curve.Point(x: Double(record.step), y: $0) }
            }
            return .init(
                name: names.count > 1 ? Figures.metric(name) : "", curve: Curve(points), style: style, hasDots: true)
        }
    }
}
