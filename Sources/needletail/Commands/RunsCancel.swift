import ArgumentParser
import Workflows

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `needletail runs cancel`: stops a run that goes on in another process.
struct RunsCancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a run that another process carries on; it can be resumed.",
        discussion: """
            Asks the process to save what there is and waits until it has done so. A server's runs are stopped by the server: \
            POST /_plugins/_ml/tasks/TASK/_cancel.

            Examples:
              needletail runs cancel books-tuned-20260301T120000Z
            """)

    @OptionGroup var argument: RunArgument

    @Option(help: ArgumentHelp("How long to wait for the end.", valueName: "seconds"))
    var wait = 120

    func validate() throws {
        if wait < 0 { throw ValidationError("--wait is 0 or more seconds.") }
    }

    func run() throws {
        let folder = try argument.folder()
        let history = try ExecutionHistory(folder: folder)
        guard let holder = history.holder else {
            let status = history.status.rawValue.replacing("_", with: " ")
            return try StandardOutput.print("\(argument.name) does not run: it is \(status).\n")
        }
        guard holder > 0, Self.isOurs(holder) else {
            throw CommandFailure(
                .unavailable,
                "process \(holder), which runs \(argument.name), is no 'needletail finetune'. If it is a server, ask it: "
                    + "POST /_plugins/_ml/tasks/TASK/_cancel.")
        }
        guard kill(holder, SIGTERM) == 0 else {
            throw CommandFailure(
                .unavailable, "process \(holder) cannot be told to stop: \(String(cString: strerror(errno))).")
        }
        let end = ContinuousClock.now + .seconds(wait)
        while try ExecutionHistory(folder: folder).holder == holder {
            guard ContinuousClock.now < end else {
                throw CommandFailure(
                    .failure, "process \(holder) was told to stop and still saves what there is. Ask again later.")
            }
            usleep(100_000)
        }
        try StandardOutput.print("stopped. To go on: \(argument.runs.command("resume", argument.name))\n")
    }

    /// Whether a process is this program with a run of its own: a server must not be stopped for one run.
    private static func isOurs(_ process: Int32) -> Bool {
        let file = open("/proc/\(process)/cmdline", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &bytes, bytes.count)
        let words = bytes.prefix(max(count, 0)).split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard words.count > 1, words[0].split(separator: "/").last?.hasPrefix("needletail") == true else {
            return false
        }
        return words[1] == "finetune" || words[1] == "runs"
    }
}
