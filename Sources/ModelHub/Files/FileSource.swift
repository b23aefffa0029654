import JSON

/// Where the choice of files looks: a listing of the server, single questions to it, or a snapshot in the cache.
protocol FileSource: Sendable {
    /// Whether there is a file of that name.
    func contains(_ name: String) async throws(HubError) -> Bool
    /// All names that are known without asking for each, for files with names of their own.
    var names: [String] { get }
    /// The document of a JSON file that decides which others are needed.
    func json(_ name: String) async throws(HubError) -> JSONValue
}

/// A snapshot folder in the cache.
struct SnapshotSource: FileSource {
    let folder: String
    let limit: Int

    func contains(_ name: String) -> Bool { CacheFiles.size("\(folder)/\(name)") != nil }

    var names: [String] { CacheFiles.names(folder).filter(contains) }

    func json(_ name: String) throws(HubError) -> JSONValue {
        try FileSelection.parse(try CacheFiles.read("\(folder)/\(name)", limit: limit) ?? [], of: name)
    }
}
