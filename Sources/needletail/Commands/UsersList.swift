import Access
import ArgumentParser
import ClusterState
import Credentials
import JSON

/// `needletail users list`: who may use a data folder.
struct UsersList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users of a data folder, with their roles.",
        discussion: """
            Examples:
              needletail users list --data ./data
              needletail users list --data ./data --format jsonl
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var report: ReportOptions

    func run() throws {
        let directory = try data.withMetadata { AccessDirectory($0.current) }
        let output = StandardOutput()
        var table = TextTable([.init("user"), .init("roles")])
        for name in directory.userNames {
            let roles = directory.caller(name)?.roles ?? []
            switch report.format {
            case .table: table.add([.init(name, .bold), .init(roles.joined(separator: ", "))])
            case .jsonl:
                var writer = JSONWriter()
                writer.value(["user": .string(name), "roles": .array(roles.map { .string($0) })])
                writer.endLine()
                try output.write(writer.bytes)
            }
        }
        if report.format == .table { try output.write(table.rendered(for: .output)) }
        try output.flush()
    }
}
