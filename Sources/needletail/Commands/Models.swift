import ArgumentParser

/// `needletail models`: what is there, and what it is.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List models, and tell what a model is.", subcommands: [ModelsList.self])
}

/// `needletail models list`: the models that commands find by name.
struct ModelsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models that can be given by name.",
        discussion: """
            Looks in the folders of NEEDLETAIL_MODELS (separated by colons), in share/needletail/models of the installation, and \
            in Models of the checkout or the current folder.

            Example:
              NEEDLETAIL_MODELS=~/models needletail models list
            """
    )

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    func run() throws {
        let output = StandardOutput()
        for model in ModelLocator.all() { try output.write("\(model.name)\t\(model.path)\n") }
        try output.flush()
    }
}
