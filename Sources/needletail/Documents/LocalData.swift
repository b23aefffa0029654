import ArgumentParser
import ClusterState
import Indices

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which data folder a command works on.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data folder, as 'serve --data' has it; NEEDLETAIL_DATA_PATH unless said. No server may run on it meanwhile.",
            valueName: "folder"),
        completion: .directory)
    var data: String?

    func validate() throws {
        try refuseEmpty(["--data": data])
    }

    /// The folder that is meant.
    func path() throws(CommandFailure) -> String {
        let path = data ?? ProcessInfo.processInfo.environment["NEEDLETAIL_DATA_PATH"] ?? ""
        guard !path.isEmpty else {
            throw CommandFailure(.usage, "no data folder: give --data FOLDER or set NEEDLETAIL_DATA_PATH.")
        }
        return path
    }

    /// Opens the folder, works with its indices, and closes it also when the work fails.
    ///
    /// - Parameter create: Makes the folder if there is none.
    func withIndices<Result>(create: Bool = false, _ body: (NodeIndices) throws -> Result) throws -> Result {
        try Self.withIndices(at: try path(), create: create, body)
    }

    /// Metadata of a folder that is held meanwhile.
    struct OpenMetadata {
        let metadata: MetadataStore
        fileprivate let folder: DataFolder

        /// Lets another process have the folder.
        func close() {
            metadata.close()
            folder.release()
        }
    }

    /// Opens the folder's metadata; ``OpenMetadata/close()`` gives it back.
    func openMetadata() throws -> OpenMetadata {
        do {
            let folder = try DataFolder(path: try path(), create: false)
            return OpenMetadata(metadata: try MetadataStore(folder), folder: folder)
        } catch let error as ClusterStateError {
            throw CommandFailure(error.kind == .missing ? .missingInput : .badConfiguration, "\(error)")
        }
    }

    /// Opens the folder's metadata, reads in it, and closes it also when that fails.
    func withMetadata<Result>(_ body: (MetadataStore) throws -> Result) throws -> Result {
        let open = try openMetadata()
        defer { open.close() }
        return try body(open.metadata)
    }

    /// Opens a folder, works with its indices, and closes it also when the work fails.
    static func withIndices<Result>(
        at path: String, create: Bool = false, _ body: (NodeIndices) throws -> Result
    ) throws -> Result {
        let indices: NodeIndices
        do {
            indices = try NodeIndices(try DataFolder(path: path, create: create)) { line in
                StandardError.write("needletail: \(line)\n")
            }
        } catch let error as ClusterStateError {
            throw CommandFailure(error.kind == .missing ? .missingInput : .badConfiguration, "\(error)")
        } catch let error as IndicesError {
            throw CommandFailure(.badData, "\(path): \(error)")
        }
        defer { indices.shutDown() }
        do {
            return try body(indices)
        } catch let error as IndicesError {
            if case .indexNotFound = error { throw CommandFailure(.missingInput, "\(error)") }
            throw CommandFailure(.badData, "\(error)")
        }
    }
}
