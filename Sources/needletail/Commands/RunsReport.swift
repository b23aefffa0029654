import ArgumentParser
import FineTuning

/// `needletail runs report`: the page of a run.
struct RunsReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write the report of a run anew: one HTML file.",
        discussion: """
            What went in, samples of queries and negatives with their reasons, the curves of the training, the table of systems, the gate's evidence, the \
            best and the worst queries, and the commands that repeat it. It can be written at any time; the page needs no script and no network.

            Examples:
              needletail runs report books-tuned-20260301T120000Z
              needletail runs report books-tuned-20260301T120000Z --output books.html
            """)

    @OptionGroup var argument: RunArgument

    @Option(
        help: ArgumentHelp(
            "Where the page is written; report.html in the run's folder unless said.", valueName: "file"),
        completion: .file())
    var output: String?

    func validate() throws { try refuseEmpty(["--output": output]) }

    func run() throws {
        let page = RunReportPage(
            folder: RunFolder(try argument.folder()), name: argument.name, runs: argument.runs)
        try StandardOutput.print("\(page.write(to: output))\n")
    }
}
