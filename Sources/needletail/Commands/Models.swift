import ArgumentParser

/// `needletail models`: what is there, and what it is.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List models, and tell what a model is.", subcommands: [ModelsList.self, ModelsInspect.self])
}
