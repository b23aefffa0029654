import JSON
import TrainableEncoders
public import Training

/// A run of training as one page: what was asked, how it went, what came of it.
///
/// The page is a single HTML file: its curves are SVG, it needs no script, loads nothing, and is dark where the reader's system is. It can be made of a
/// run that still goes on.
public struct TrainingReport: Sendable {
    /// The figures of something to compare the model with, on the queries of the evaluation.
    public struct System: Sendable, Hashable {
        /// What it is: `BM25`.
        public var name: String
        /// Figures by name, as ``EvaluationRecord/metrics`` has them.
        public var metrics: [String: Double]

        /// A system.
        public init(name: String, metrics: [String: Double]) {
            self.name = name
            self.metrics = metrics
        }
    }

    /// What happened.
    public var log: RunLog
    /// What else was measured on the queries of the evaluation.
    public var systems: [System]
    /// The name and version of the program.
    public var program: String

    /// A report.
    public init(_ log: RunLog, systems: [System] = [], program: String) {
        self.log = log
        self.systems = systems
        self.program = program
    }

    /// The page, in UTF-8.
    public var html: String {
        var page = HTML()
        page.raw(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        page.element("title", title)
        page.raw("<style>\(PageStyle.css)</style></head><body>\n")
        page.add(head)
        page.add(comparison)
        page.add(curves)
        page.add(evaluations)
        page.add(facts)
        page.raw("<footer>")
        page.text("Written by \(program).")
        page.raw("</footer></body></html>\n")
        return page.markup
    }

    /// A setting as text; nil if it is unset.
    func setting(_ name: String) -> String? {
        guard let value = log.settings[name], !value.isNull else { return nil }
        return value.string ?? value.serialized()
    }

    /// The last part of the path of the model that the run began with.
    var modelName: String {
        setting("model")?.split(separator: "/").last.map(String.init) ?? "a model"
    }

    private var title: String { "Fine-tuning of \(modelName)" }

    /// The figure that decides, and its values: before the first step, the best, and the last.
    var deciding: (name: String, first: Double?, best: EvaluationRecord?) {
        let name = setting("best_metric") ?? "ndcg@10"
        let later = log.evaluations.filter { $0.step > 0 }
        return (
            name, log.evaluations.first { $0.step == 0 }?.metrics[name],
            later.last { $0.isBest } ?? later.max { ($0.metrics[name] ?? 0) < ($1.metrics[name] ?? 0) }
        )
    }

    // MARK: Head

    private var head: HTML {
        var part = HTML()
        part.raw("<header>")
        part.element("h1", title)
        part.element("p", [log.task.map(Self.words), state].compactMap { $0 }.joined(separator: " · "), style: "soft")
        for warning in log.warnings { part.element("p", warning, style: "warning") }
        part.raw("</header>\n<div class=\"tiles\">")
        for (name, value, style) in tiles {
            part.raw("<div class=\"tile\">")
            part.element("span", name)
            part.element("b", value, style: style)
            part.raw("</div>")
        }
        part.raw("</div>\n")
        return part
    }

    private static func words(_ task: TrainingTask) -> String {
        switch task {
        case .dense: "dense encoder"
        case .sparse: "sparse encoder"
        case .crossEncoder: "cross-encoder"
        }
    }

    private var state: String {
        let planned = log.overview?.stepCount
        let done = log.result?.steps ?? log.steps.last.map { $0.step + 1 } ?? 0
        let steps = "\(Figures.grouped(done))\(planned.map { " of " + Figures.grouped($0) } ?? "") steps"
        let ending =
            switch log.result?.ending {
            case .complete: "complete"
            case .earlyStop: "ended early: the evaluation did not improve any more"
            case .stopped: "stopped; the last checkpoint resumes it"
            case nil: log.steps.last.map { "under way, \(Figures.duration($0.remainingSeconds)) left" } ?? "under way"
            }
        let resumed =
            log.resumptions > 0 ? ", resumed \(log.resumptions == 1 ? "once" : "\(log.resumptions) times")" : ""
        return "\(steps), \(ending)\(resumed)"
    }

    private var tiles: [(String, String, String)] {
        var tiles: [(String, String, String)] = []
        let (name, first, best) = deciding
        if let value = best?.metrics[name] {
            tiles.append(("best " + Figures.metric(name), Figures.fixed(value, 4), ""))
            if let first {
                let change = value - first
                tiles.append(("change", Figures.signed(change, 4), change > 0 ? "good" : change < 0 ? "bad" : ""))
            }
        }
        if let last = log.steps.last {
            tiles.append(
                (
                    "loss, smoothed",
                    lossCurve.smoothed(reach: reach).points.last.map { Figures.significant($0.y) } ?? "", ""
                ))
            let seconds = log.steps.reduce(0) { $0 + $1.seconds }
            tiles.append(("time of the steps", Figures.duration(seconds), ""))
            if seconds > 0 {
                let examples = Double(log.steps.reduce(0) { $0 + $1.examples })
                let tokens = Double(log.steps.reduce(0) { $0 + $1.tokens })
                tiles.append(("tokens a second", Figures.grouped(Int(tokens / seconds)), ""))
                tiles.append(("examples a second", Figures.significant(examples / seconds, 3), ""))
            }
            tiles.append(("peak memory", Figures.bytes(last.peakMemory), ""))
        }
        return tiles
    }
}
