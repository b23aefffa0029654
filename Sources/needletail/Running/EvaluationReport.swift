import JSON
import Relevance

/// Two orders of the same results, in figures and side by side.
struct EvaluationReport {
    let dataset: RetrievalDataset
    let judgements: Judgements
    let metrics: [Metric]
    let before: RankedRun
    let after: RankedRun
    /// What reranking cost; nil when two given runs are compared.
    let reranked: RerankedRuns?
    let evaluations: (before: Evaluation, after: Evaluation)

    private func comparison(_ metric: Metric) -> PairedComparison {
        PairedComparison(evaluations.before.perQuery(metric), evaluations.after.perQuery(metric))
    }

    // MARK: Figures

    /// One row for each order, one for the difference, and how sure it is.
    func table(terminal: Terminal) -> String {
        let queries = judgements.queries.count
        guard queries > 0 else { return "no judged queries\n" }
        let names = (before.name.isEmpty ? "before" : before.name, after.name.isEmpty ? "after" : after.name)
        let afterName = reranked.map { "\(names.1) (top \($0.depth))" } ?? names.1
        var table = TextTable(
            [.init(Numbers.counted(queries, "query", "queries"))] + metrics.map { .init($0.name, .right) })
        table.add([.init(names.0)] + metrics.map { .init(Numbers.fixed(evaluations.before.mean($0), 4)) })
        table.add([.init(afterName)] + metrics.map { .init(Numbers.fixed(evaluations.after.mean($0), 4), .bold) })
        let comparisons = metrics.map(comparison)
        table.add(
            ["difference"]
                + comparisons.map {
                    .init($0.differenceText, $0.style)
                })
        table.add(
            ["95 % interval"] + comparisons.map { .init($0.intervalText) })
        table.add(
            ["p (two-sided)"] + comparisons.map { .init($0.pValue < 0.001 ? "< 0.001" : Numbers.fixed($0.pValue, 3)) })
        table.add(["queries better / worse / equal"] + comparisons.map { "\($0.better) / \($0.worse) / \($0.equal)" })
        return table.rendered(for: terminal) + costLine().map { "\n" + terminal.styled($0, .dim) + "\n" }.joined()
    }

    private func costLine() -> [String] {
        guard let reranked else { return [] }
        let times = reranked.durations.values.map(\.milliseconds).sorted()
        let median = times.isEmpty ? 0 : times[times.count / 2]
        let rate = Double(reranked.tokenCount) / max(1e-9, reranked.total.seconds)
        return [
            Numbers.counted(reranked.pairCount, "pair") + ", " + Numbers.counted(reranked.tokenCount, "token") + " in "
                + "\(Numbers.fixed(reranked.total.seconds, 1)) s: \(Numbers.milliseconds(median)) ms a query (median), "
                + "\(Numbers.grouped(Int(rate))) tokens a second, "
                + Numbers.counted(reranked.threads, "thread")
        ]
    }

    /// All figures as one line of JSON.
    func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("queries")
        writer.value(judgements.queries.count)
        writer.key("metrics")
        writer.beginObject()
        for metric in metrics where !judgements.queries.isEmpty {
            let comparison = comparison(metric)
            writer.key(metric.name)
            writer.beginObject()
            for (key, value) in [
                ("before", evaluations.before.mean(metric)), ("after", evaluations.after.mean(metric)),
                ("difference", comparison.difference), ("low", comparison.interval.lowerBound),
                ("high", comparison.interval.upperBound), ("p", comparison.pValue),
            ] {
                writer.key(key)
                writer.value(value)
            }
            for (key, value) in [
                ("better", comparison.better), ("worse", comparison.worse), ("equal", comparison.equal),
            ] {
                writer.key(key)
                writer.value(value)
            }
            writer.endObject()
        }
        writer.endObject()
        if let reranked {
            for (key, value) in [
                ("depth", reranked.depth), ("pairs", reranked.pairCount), ("tokens", reranked.tokenCount),
                ("threads", reranked.threads),
            ] {
                writer.key(key)
                writer.value(value)
            }
            writer.key("seconds")
            writer.value(reranked.total.seconds)
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    // MARK: Side by side

    /// `count` queries before and after: the largest gain first, then typical ones, the largest loss last, so that
    /// nobody is shown only the good ones.
    func examples(_ count: Int, terminal: Terminal) -> String {
        guard count > 0, let metric = metrics.first else { return "" }
        let values = zip(evaluations.before.perQuery(metric), evaluations.after.perQuery(metric)).map { $1 - $0 }
        let order = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
        let changed = order.filter { abs(values[$0]) > 1e-12 }
        let pool = changed.count >= count ? changed : order
        var chosen: [Int] = []
        for step in 0..<min(count, pool.count) {
            chosen.append(pool[count == 1 ? 0 : step * (pool.count - 1) / (count - 1)])
        }
        return chosen.map { sideBySide(evaluations.before.queries[$0], metric, change: values[$0], terminal) }.joined()
    }

    private func sideBySide(_ query: String, _ metric: Metric, change: Double, _ terminal: Terminal) -> String {
        let old = before.ranking(of: query)
        let new = after.ranking(of: query)
        let places = Dictionary(old.enumerated().map { ($1.document, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        let half = max(24, (min(terminal.width, terminal.isTerminal ? 140 : 100) - 2) / 2)

        func row(_ rank: Int, _ hit: ScoredDocument, move: RankMove?) -> String {
            let isRelevant = (judgements.grade(query: query, document: hit.document) ?? 0) > 0
            let document = dataset.documents[hit.document]
            let text = document.map { $0.title == hit.document ? $0.text : $0.titleAndText } ?? ""
            let mark = isRelevant ? "✓" : " "
            let moved = move.map { DisplayWidth.padded($0.text, to: 4) } ?? ""
            let head = "\(DisplayWidth.padded("\(rank)", to: 2, right: true)) \(moved)\(mark) "
            let name = DisplayWidth.fitted(hit.document, to: half - DisplayWidth.of(head))
            let room = half - DisplayWidth.of(head) - DisplayWidth.of(name) - 2
            let rest = room > 5 ? "  " + DisplayWidth.fitted(text, to: room) : ""
            let line = DisplayWidth.padded(head + name + rest, to: half)
            return isRelevant ? terminal.styled(line, .green) : line
        }

        var text =
            terminal.styled(DisplayWidth.fitted("“\(dataset.queries[query] ?? query)”", to: terminal.width), .bold)
            + "\n"
        let time = reranked?.durations[query].map { ", \(Numbers.milliseconds($0.milliseconds)) ms" } ?? ""
        let heads = (
            "before: \(before.name)",
            "after: \(metric.name) \(Numbers.signed(change, 3))\(reranked.map { ", top \($0.depth)" } ?? "")\(time)"
        )
        text += terminal.styled(DisplayWidth.padded(heads.0, to: half) + "  " + heads.1, .dim) + "\n"
        for rank in 1...5 where rank <= max(old.count, new.count) {
            let left = rank <= old.count ? row(rank, old[rank - 1], move: nil) : String(repeating: " ", count: half)
            let right =
                rank <= new.count
                ? row(rank, new[rank - 1], move: RankMove(from: places[new[rank - 1].document] ?? rank, to: rank)) : ""
            var line = left + "  " + right
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text + "\n"
    }
}
