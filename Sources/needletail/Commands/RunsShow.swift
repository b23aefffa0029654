import ArgumentParser
import FineTuning
import JSON
import Workflows

/// `needletail runs show`: one run.
struct RunsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the steps of a run, and what it has come to.",
        discussion: """
            Examples:
              needletail runs show books-tuned-20260301T120000Z
              needletail runs show ./runs/books-tuned-20260301T120000Z --json
            """)

    @OptionGroup var argument: RunArgument
    @OptionGroup var report: ReportOptions

    func run() throws {
        let folder = try argument.folder()
        let overview = RunOverview(name: argument.name, folder: folder)
        if let damage = overview.damage { throw damage }
        switch report.format {
        case .jsonl: try StandardOutput.print(overview.json.serialized() + "\n")
        case .table: try StandardOutput.print(text(overview, folder))
        }
    }

    private func text(_ overview: RunOverview, _ folder: String) throws -> String {
        var text = overview.steps(for: .output)
        let resume = argument.runs.command("resume", argument.name)
        switch overview.history?.outcome {
        case .succeeded(let output):
            let run = try FineTuningRun(path: folder)
            text += RunSummary(output, run.parameters, folder: run.folder).text(for: .output)
        case .failed(let error, let cause):
            text += "failed: \((cause.isEmpty ? error : cause).withoutControls)\nWhen that is mended: \(resume)\n"
        case .timedOut, .aborted: text += "To go on: \(resume)\n"
        case nil:
            if let holder = overview.history?.holder {
                text += "process \(holder) runs it\n"
            } else {
                text += "stopped. To go on: \(resume)\n"
            }
        }
        return text
    }
}
