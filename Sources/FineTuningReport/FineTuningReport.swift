public import JSON
public import Training
import TrainingReport

/// A run of the fine-tuning pipeline as one page: what went in, what was made of it, what came of it, and how to do it again.
///
/// The page is a single HTML file: its charts are SVG, it needs no script, loads nothing, and is dark where the reader's system is. It can be made of a run
/// that failed or still goes on; what is not known yet is left out. Whatever documents and queries say is shown as text.
public struct FineTuningReport: Sendable {
    /// The name of the model that is made.
    public var name: String
    /// The name of the run.
    public var run: String?
    /// What became of the run: `succeeded`, `failed`, `running`.
    public var state: String?
    /// What went wrong, if it failed.
    public var failure: String?
    /// When it began, in UTC.
    public var began: String?
    /// What it was asked for, by name.
    public var parameters: JSONValue = .null
    /// What is known of corpus and queries.
    public var facts: [Fact] = []
    /// The phases, in the order in which they began.
    public var phases: [Phase] = []
    /// How queries were made.
    public var generation: Generation?
    /// What is known of the search for negatives.
    public var mining: [Fact] = []
    /// Some of the negatives.
    public var negatives: [NegativeSample] = []
    /// The log of the training.
    public var log: RunLog?
    /// The systems that were measured, in the order of the table.
    public var systems: [System] = []
    /// Their differences.
    public var comparisons: [Comparison] = []
    /// The gate's decision.
    public var gate: Gate?
    /// What became of each held-out query.
    public var outcomes: [Outcome] = []
    /// What the values of outcomes are: the names of figure and of both systems.
    public var outcomeNames = OutcomeNames()
    /// The commands that repeat the run.
    public var commands: [String] = []
    /// The name and version of the program.
    public var program: String

    /// A report of which nothing is known but the model's name.
    public init(name: String, program: String) {
        self.name = name
        self.program = program
    }

    /// The page, in UTF-8.
    public var html: String {
        var page = HTML()
        page.raw(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        page.element("title", title)
        page.raw("<style>\(PageStyle.css)\n\(SampleStyle.css)</style></head><body>\n")
        page.add(head)
        page.add(decision)
        page.add(results)
        page.add(extremes)
        page.add(queries)
        page.add(negativeSamples)
        if let log { page.add(TrainingReport(log, program: program).curves) }
        page.add(timings)
        page.add(inputs)
        page.add(repetition)
        page.raw("<footer>")
        page.text("Written by \(program).")
        page.raw("</footer></body></html>\n")
        return page.markup
    }

    var title: String { "Fine-tuning of \(name)" }
}
