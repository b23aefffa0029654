import ArgumentParser

/// `needletail bench`: measures on this machine.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure speed on this machine.", subcommands: [BenchRerank.self, BenchEmbed.self, BenchSparse.self])
}
