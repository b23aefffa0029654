import ArgumentParser
import JSON
import TrainingReport
import Workflows

/// `needletail runs list`: all runs of a folder.
struct RunsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List runs, the latest last, with what has become of them.",
        discussion: """
            Examples:
              needletail runs list
              needletail runs list --runs ./data/finetuning --json
            """)

    @OptionGroup var runs: RunsOptions
    @OptionGroup var report: ReportOptions

    func run() throws {
        let output = StandardOutput()
        var table = TextTable([.init("run"), .init("status"), .init("started"), .init("took", .right), .init("at")])
        for name in runs.names() {
            let row = RunOverview(name: name, folder: runs.runs + "/" + name)
            switch report.format {
            case .table: table.add(row.cells)
            case .jsonl: try output.write(row.json.serialized() + "\n")
            }
        }
        if report.format == .table {
            try output.write(
                runs.names().isEmpty ? "no runs in \(runs.runs)\n" : table.rendered(for: .output))
        }
        try output.flush()
    }
}
