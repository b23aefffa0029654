import ArgumentParser
import FineTuning

/// `needletail runs resume`: goes on with a run.
struct RunsResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that was stopped, or failed, where that was.",
        discussion: """
            What is done is not done again; training goes on at its last checkpoint. A run that failed goes on at the step that failed. One that has come \
            to its end shows what that was.

            Examples:
              needletail runs resume books-tuned-20260301T120000Z
              needletail runs resume books-tuned-20260301T120000Z --runs ./my-runs --json
            """)

    @OptionGroup var argument: RunArgument
    @OptionGroup(title: "The cluster") var cluster: ClusterOptions

    @Flag(help: "Print events as JSON lines, as history.jsonl has them, instead of progress and a summary.")
    var json = false

    func run() throws {
        let folder = try argument.folder()
        // A server's run has the rights of who began it, and a task that tells of it.
        if RunsOptions.exists(folder + "/../../cluster.sqlite") {
            throw CommandFailure(
                .unavailable,
                "\(argument.name) is a server's run, which the server resumes: POST /_plugins/_ml/finetune/runs/RUN/_resume."
            )
        }
        let run = try FineTuningRun(path: folder)
        try RunSession(run: run, name: argument.name, runs: argument.runs, cluster: cluster, printsEvents: json)
            .carryOn(redriving: true)
    }
}
