import JSON
import Relevance

/// One run in figures.
struct RunReport {
    let run: RankedRun
    let evaluation: Evaluation

    /// One row.
    func table(terminal: Terminal) -> String {
        guard !evaluation.queries.isEmpty else { return "no judged queries\n" }
        var table = TextTable(
            [.init(Numbers.counted(evaluation.queries.count, "query", "queries"))]
                + evaluation.metrics.map { .init($0.name, .right) })
        table.add(
            [.init(run.name.isEmpty ? "run" : run.name)]
                + evaluation.metrics.map { .init(Numbers.fixed(evaluation.mean($0), 4), .bold) })
        return table.rendered(for: terminal)
    }

    /// The means as one line of JSON.
    func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("queries")
        writer.value(evaluation.queries.count)
        writer.key("metrics")
        writer.beginObject()
        for metric in evaluation.metrics where !evaluation.queries.isEmpty {
            writer.key(metric.name)
            writer.value(evaluation.mean(metric))
        }
        writer.endObject()
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }
}
