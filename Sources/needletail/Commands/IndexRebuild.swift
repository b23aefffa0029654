import ArgumentParser
import ClusterState
import Indices

/// `needletail index rebuild`: segments made again from the documents.
struct IndexRebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make the segments of indices again from their documents.",
        discussion: """
            Segments are derived: the documents of record lie in a database of their own. A segment that fails its checksum when \
            an index is opened is made again without this command, which is for peace of mind, and for after a restore.

            Examples:
              needletail index rebuild --data ./data
              needletail index rebuild products --data ./data
            """
    )

    @Argument(help: ArgumentHelp("Indices; all unless said.", valueName: "index"))
    var indices: [String] = []

    @OptionGroup var data: DataOptions

    func run() throws {
        try data.withIndices { node in
            let names = indices.isEmpty ? node.metadata.current.indices.keys.sorted() : indices
            for name in names {
                let progress = ProgressLine("rebuilding \(name)")
                let start = ContinuousClock.now
                do {
                    try node.rebuild(name) { progress.show($0, of: $1) }
                } catch {
                    progress.finish()
                    throw error
                }
                progress.finish()
                let seconds = Numbers.fixed((ContinuousClock.now - start).seconds, 1)
                let count = try? node.index(name).statistics.documents
                try StandardOutput.print(
                    "\(name): \(count.map { Numbers.counted($0, "document") } ?? "rebuilt") in \(seconds) s\n")
            }
        }
    }
}
