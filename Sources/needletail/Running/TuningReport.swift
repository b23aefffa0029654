import HybridTuning
import JSON
import Querying
import Relevance

/// What tuning a hybrid search found, in figures and in words.
struct TuningReport {
    typealias Split = (name: String, pool: FusionPool)

    /// A line of the table.
    struct Row {
        let name: String
        let weights: String
        /// One value for each query that chose, and for each that only measures.
        let values: (chosen: [Double], test: [Double]?)

        init(_ name: String, _ weights: String, _ chosen: [Double], _ test: [Double]?) {
            self.name = name
            self.weights = weights
            values = (chosen, test)
        }

        var chosenMean: Double { Self.mean(values.chosen) }
        var testMean: Double? { values.test.map(Self.mean) }

        private static func mean(_ values: [Double]) -> Double {
            values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        }
    }

    private let tuning: HybridTuning
    private let metric: Metric
    private let chosen: Split
    private let test: Split?
    /// Each part alone.
    private let parts: [Row]
    /// OpenSearch's defaults: scores, ranks.
    private let defaults: [Row]
    /// The best of each technique, best first.
    private let candidates: [Row]

    init(_ tuning: HybridTuning, _ metric: Metric, _ chosen: Split, _ test: Split?) {
        self.tuning = tuning
        self.metric = metric
        self.chosen = chosen
        // A split without queries measures nothing.
        let test = test.flatMap { $0.pool.queries.isEmpty ? nil : $0 }
        self.test = test
        parts = chosen.pool.systems.enumerated().map { place, name in
            Row(
                "\(name) alone", "", chosen.pool.perQuery(ofSystem: place, metric),
                test?.pool.perQuery(ofSystem: place, metric))
        }
        func row(_ fusion: ScoreFusion) -> Row {
            let weights = fusion.weights.map { Numbers.fixed(Double($0), 2) }.joined(separator: " ")
            return Row(
                fusion.title, weights, chosen.pool.perQuery(fusion, metric), test?.pool.perQuery(fusion, metric))
        }
        defaults = [HybridTuning.normalizationDefault, HybridTuning.rankDefault].map(row)
        candidates = tuning.best.map { row($0.fusion) }
    }

    /// The search pipeline of the best setting.
    var pipeline: JSONObject? {
        guard let best = tuning.best.first, var pipeline = best.fusion.searchPipeline else { return nil }
        let parts = chosen.pool.systems.joined(separator: ", ")
        let figure = "\(metric.name) \(Numbers.fixed(best.mean, 4)) on \(chosen.pool.queries.count) queries"
        pipeline["description"] = .string("Tuned for a hybrid query of \(parts): \(figure)")
        return pipeline
    }

    // MARK: Text

    func text(terminal: Terminal) -> String {
        table(terminal) + "\n" + remarks.map { $0 + "\n" }.joined()
    }

    private func table(_ terminal: Terminal) -> String {
        var columns: [TextTable.Column] = [
            .init("parts: " + chosen.pool.systems.joined(separator: ", ")), .init("weights"),
            .init("\(metric.name) \(chosen.name)", .right),
        ]
        if let test {
            columns += [
                .init(test.name, .right), .init("to \(strongest.name)", .right), .init("95 % interval", .right),
            ]
        }
        var table = TextTable(columns)
        for (group, rows) in [parts, defaults, candidates].enumerated() {
            for (place, row) in rows.enumerated() {
                let isBest = group == 2 && place == 0
                var cells: [TextTable.Cell] = [
                    .init(row.name + (group == 1 ? " (default)" : ""), isBest ? .bold : nil), .init(row.weights),
                    .init(Numbers.fixed(row.chosenMean, 4), isBest ? .bold : nil),
                ]
                if test != nil {
                    let comparison = row.name == strongest.name ? nil : onTest(strongest, row)
                    cells += [
                        .init(Numbers.fixed(row.testMean ?? 0, 4), isBest ? .bold : nil),
                        .init(comparison?.differenceText ?? "", comparison?.style),
                        .init(comparison?.intervalText ?? ""),
                    ]
                }
                table.add(cells)
            }
        }
        return table.rendered(for: terminal)
    }

    /// The part that is best alone on the queries that choose.
    private var strongest: Row { parts.max { $0.chosenMean < $1.chosenMean } ?? parts[0] }

    private func onChosen(_ first: Row, _ second: Row) -> PairedComparison {
        PairedComparison(first.values.chosen, second.values.chosen)
    }

    private func onTest(_ first: Row, _ second: Row) -> PairedComparison? {
        guard let a = first.values.test, let b = second.values.test else { return nil }
        return PairedComparison(a, b)
    }

    /// What the figures mean.
    private var remarks: [String] {
        guard let best = candidates.first else { return [] }
        var remarks = [
            "\(Numbers.grouped(tuning.measured)) settings were measured on \(Numbers.counted(chosen.pool.queries.count, "query", "queries")). "
                + "Best: \(best.name), weights \(best.weights) (\(chosen.pool.systems.joined(separator: ", ")))."
        ]
        let ranks = defaults[1]
        let loss = onTest(strongest, ranks) ?? onChosen(strongest, ranks)
        if loss.interval.upperBound < 0 {
            remarks.append(
                "Reciprocal ranks lose \(Numbers.fixed(-loss.difference, 4)) against \(strongest.name): a part is weak, and equal ranks "
                    + "count the same whichever part they are of.")
        }
        let overPart = onChosen(strongest, best)
        if overPart.interval.lowerBound <= 0 {
            remarks.append(
                "No setting is surely better than \(strongest.name) on these queries (\(overPart.intervalText)): a search by that part "
                    + "alone costs less.")
        }
        let overDefault = onChosen(defaults[0], best)
        if overDefault.difference < 1e-12 {
            remarks.append("OpenSearch's default is as good on these queries.")
        } else if overDefault.interval.lowerBound <= 0 {
            remarks.append(
                "The gain over the default may be luck with these queries (\(overDefault.differenceText), \(overDefault.intervalText))."
            )
        }
        if let gain = onTest(defaults[0], best) {
            if overDefault.difference > 0, gain.difference < overDefault.difference / 2 {
                remarks.append(
                    "Over the default, \(overDefault.differenceText) on \(chosen.name) is \(gain.differenceText) (\(gain.intervalText)) on "
                        + "\(test?.name ?? "test"): the setting fits the queries that chose it. Judge more queries.")
            }
        } else {
            remarks.append(
                "No other queries were measured: the figure of the best flatters it. Give --test-split.")
        }
        return remarks
    }

    // MARK: JSON

    /// All figures as one line of JSON.
    func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("metric")
        writer.value(metric.name)
        writer.key("queries")
        writer.value(chosen.pool.queries.count)
        if let test {
            writer.key("test_queries")
            writer.value(test.pool.queries.count)
        }
        writer.key("settings")
        writer.value(tuning.measured)
        for (key, rows) in [("parts", parts), ("defaults", defaults), ("best", candidates)] {
            writer.key(key)
            writer.beginArray()
            for row in rows { write(row, to: &writer) }
            writer.endArray()
        }
        if let pipeline {
            writer.key("pipeline")
            writer.value(.object(pipeline))
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private func write(_ row: Row, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.value(row.name)
        if !row.weights.isEmpty {
            writer.key("weights")
            writer.array(row.weights.split(separator: " ").compactMap { Float($0) })
        }
        writer.key(chosen.name)
        writer.value(row.chosenMean)
        if let test, let mean = row.testMean {
            writer.key(test.name)
            writer.value(mean)
        }
        if row.name != strongest.name {
            writer.key("difference")
            (onTest(strongest, row) ?? onChosen(strongest, row)).write(to: &writer)
        }
        writer.endObject()
    }
}
