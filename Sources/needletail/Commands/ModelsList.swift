import ArgumentParser
import JSON
import ModelFiles

/// `needletail models list`: the models that commands find by name.
struct ModelsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models that can be given by name.",
        discussion: """
            Looks in the folders of NEEDLETAIL_MODELS (separated by colons), in share/needletail/models of the installation, and \
            in Models of the checkout or the current folder. Where two have the same name, the \
            first is listed and used. Then come the repositories in the Hugging Face cache (HF_HUB_CACHE, HF_HOME), \
            whoever fetched them.

            Example:
              NEEDLETAIL_MODELS=~/models needletail models list
            """
    )

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    func run() throws {
        let output = StandardOutput()
        var table = TextTable([.init("name"), .init("task"), .init("architecture"), .init("path")])
        for model in ModelLocator.all() {
            let folder: ModelFolder?
            let problem: String?
            do throws(ModelFileError) {
                folder = try ModelFolder(path: model.path)
                problem = nil
            } catch {
                folder = nil
                problem = error.description
            }
            switch format.resolved {
            case .table:
                table.add([
                    .init(model.name, .bold), .init(folder?.task.name ?? "unreadable", folder == nil ? .red : nil),
                    .init(folder?.modelType ?? ""), .init(model.path, .dim),
                ])
            case .jsonl:
                var writer = JSONWriter()
                writer.beginObject()
                for (key, value) in [
                    ("name", model.name), ("path", model.path), ("task", folder?.task.rawValue),
                    ("architecture", folder?.modelType), ("error", problem),
                ] {
                    guard let value else { continue }
                    writer.key(key)
                    writer.value(value)
                }
                writer.endObject()
                writer.endLine()
                try output.write(writer.bytes)
            }
        }
        if format.resolved == .table { try output.write(table.rendered(for: .output)) }
        try output.flush()
    }
}
