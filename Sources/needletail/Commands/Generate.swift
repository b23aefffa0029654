import ArgumentParser

/// `needletail generate`: data to train with, made of a collection.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make training data of a collection that has no queries.", subcommands: [GenerateQueries.self])
}
