import ArgumentParser

/// `needletail tune`: settings that judged queries decide.
struct Tune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the settings that are best on judged queries.", subcommands: [TuneHybrid.self])
}
