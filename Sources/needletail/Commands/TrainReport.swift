import ArgumentParser

/// `needletail train report`: the page of a run.
struct TrainReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the report of a run anew: one HTML file with its curves and tables.",
        discussion: """
            Reads log.jsonl of the run's folder, also while the run goes on or after it was killed, and measures search by words on the queries of \
            the evaluation beside it, if the collection is still there. The page needs no script and no network.

            Examples:
              needletail train report ./run
              needletail train report ./run --output run.html --no-words
            """
    )

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "folder"), completion: .directory)
    var folder: String

    @Option(
        help: ArgumentHelp("Where the page is written; report.html in the folder unless said.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(name: .customLong("no-words"), help: "Do not measure search by words.")
    var leavesWordsOut = false

    func validate() throws {
        try refuseEmpty(["<folder>": folder, "--output": output])
    }

    func run() throws {
        let page = RunPage(folder: folder)
        let systems = leavesWordsOut ? [] : try WordSearch(page.log()).systems()
        try page.write(systems: systems, to: output)
        try StandardOutput.print("\(output ?? page.path)\n")
    }
}
