import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The command line's root.
@main
struct Needletail: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needletail",
        abstract: "Makes search results better: reranks, embeds and expands text on the CPU.",
        discussion: """
            Input comes from files or standard input, as lines of text or of JSON, in UTF-8. Results go to standard output: tables \
            on a terminal, one JSON object a line otherwise, or as --format says. Reports (eval, models inspect, bench) are \
            tables unless --format says jsonl. Messages and progress go to standard error.

            Bytes that are not UTF-8 are read as U+FFFD in lines of text, with a note on standard error, and are an error in \
            JSON. A byte order mark at the start of a file is ignored.

            Exit status: 0 done; 1 failed; 64 wrong usage; 65 bad input or model data; 66 input missing or unreadable; \
            69 not available in this build, or a server is not; 74 output cannot be written; 78 wrong configuration.

            Environment: NEEDLETAIL_MODELS lists folders that hold models, separated by colons; NO_COLOR turns colour off; \
            NEEDLETAIL_CPU forces the kernels of a CPU: portable, avx2, avx2-vnni, avx512, avx512-vnni, avx512-bf16, neon, \
            neon-dotprod or neon-bf16.

            Shell completion: needletail --generate-completion-script bash (or zsh, fish).
            """,
        version: programVersion,
        subcommands: [
            Rerank.self, Embed.self, EncodeSparse.self, Tokenize.self, Search.self, Index.self, Evaluate.self,
            Tune.self, Train.self, Mine.self, Distill.self, Generate.self, Finetune.self, Runs.self, Models.self,
            Bench.self, Serve.self, Users.self, Doctor.self,
        ]
    )

    static func main() {
        // A reader that stops reading ends the program quietly, also where a parent process ignores the signal.
        signal(SIGPIPE, SIG_DFL)
        InvalidText.noteArguments()
        do {
            var command = try parseAsRoot()
            if let command = command as? any AsyncParsableCommand {
                try runToItsEnd(command)
            } else {
                try command.run()
            }
        } catch {
            guard let failure = CommandFailure(describing: error) else { exit(withError: error) }
            // What a cluster, a language model or a file says is in it, too.
            StandardError.write("needletail: \(failure.message.withoutControls)\n")
            endProcess(failure.status)
        }
    }
}

/// Runs a command that waits for the network, while the main thread waits for it.
///
/// The main function is not asynchronous itself: that would move the commands that compute to a thread of the concurrency runtime's pool,
/// where nothing may block.
private func runToItsEnd(_ command: any AsyncParsableCommand) throws {
    // Safe: this thread does not touch the command while the task has it.
    nonisolated(unsafe) let command = command
    try waitForTask {
        var command = command
        try await command.run()
    }
}

/// Ends the process; a name of its own, as commands have an `exit` that takes errors.
private func endProcess(_ status: ExitStatus) -> Never {
    exit(status.rawValue)
}

/// The version of the program; a `-dev` version is what comes before that release.
let programVersion = "0.1.0-dev"
