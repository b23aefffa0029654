import ArgumentParser

/// `needletail models`: what is there, what it is, and how to get more.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List models, fetch them, and tell what a model is.",
        subcommands: [ModelsList.self, ModelsPull.self, ModelsInspect.self])
}
