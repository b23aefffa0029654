import ArgumentParser

/// `needletail index`: documents in and out of a data folder, without a server.
struct Index: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load documents into an index, export them, rebuild and describe indices.",
        discussion: """
            Works on a data folder that no server has open; with a server, use its API.

            Examples:
              needletail index load packages Examples/packages/corpus.jsonl --data ./data
              needletail index stats --data ./data
              needletail search packages "text editor" --data ./data
            """,
        subcommands: [IndexLoad.self, IndexRebuild.self, IndexStats.self, IndexExport.self])
}
