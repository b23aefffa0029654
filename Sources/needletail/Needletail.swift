import ArgumentParser

/// The command line's root.
@main
struct Needletail: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needletail",
        abstract: "Makes search results better: reranks, embeds and expands text on the CPU."
    )
}
