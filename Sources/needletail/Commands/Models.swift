import ArgumentParser

/// `needletail models`: what is there, what it is, and how to get more.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List models, fetch them, tell what a model is, and quantise it.",
        subcommands: [ModelsList.self, ModelsPull.self, ModelsInspect.self, ModelsQuantize.self])
}
