import ArgumentParser
import Settings

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `needletail doctor`: what the machine offers and what is wrong with a configuration.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what this machine offers, and what is wrong with a configuration.",
        discussion: """
            Looks at the CPU, cores, memory, file limits, the address to listen on, certificate and keys, and loads every \
            model of the configuration once. Nothing is fetched and nothing is changed. Settings come from the file and the \
            environment, as for 'needletail serve'.

            Each line begins with ok, warning (it works, and could be better) or problem (it does not work). The exit status is 1 \
            if there is a problem.

            Examples:
              needletail doctor
              needletail doctor --config needletail.yaml
              needletail doctor --model msmarco=./ms-marco-MiniLM-L6-v2 --format jsonl
            """
    )

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The configuration file (YAML).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .shortAndLong, parsing: .singleValue,
        help: ArgumentHelp("A model to check, as 'needletail serve' takes it.", valueName: "name=path[:type]"),
        completion: .file())
    var model: [String] = []

    @OptionGroup
    var report: ReportOptions

    func validate() throws {
        try refuseEmpty(["--config": config])
    }

    func run() async throws {
        let output = StandardOutput()
        var hasProblem = false
        func tell(_ findings: [Finding]) throws {
            for finding in findings {
                hasProblem = hasProblem || finding.mark == .problem
                switch report.format {
                case .table: try output.write(finding.line(.output))
                case .jsonl: try output.write(finding.json)
                }
            }
            try output.flush()
        }
        let machine = Machine()
        let (settings, findings) = settings()
        try tell(findings)
        try tell(MachineCheck(machine: machine, settings: settings).findings)
        if let settings {
            try tell(ListenerCheck(settings: settings).findings)
            try tell(await ModelCheck(settings: settings, machine: machine).findings())
        }
        if hasProblem { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    /// The settings, nil if they cannot be used, and what is to be said of them.
    private func settings() -> (ProgramSettings?, [Finding]) {
        do {
            let resolved = try ResolvedSettings(
                file: config, environment: ProcessInfo.processInfo.environment, models: model)
            let warnings = resolved.warnings.map { Finding(.warning, "settings", $0.description) }
            let source = resolved.file.map { "of \($0)" } ?? "without a file"
            return (resolved.settings, warnings + [Finding(.ok, "settings", "\(source): can be used")])
        } catch {
            return (nil, error.problems.map { Finding(.problem, "settings", $0.description) })
        }
    }
}
