import SQLite
import Synchronization

/// The durable metadata of a node: `cluster.sqlite`.
///
/// Reading is a copy of the current value and never waits. A change is atomic: after a crash it is there completely or not at all,
/// and nobody sees it before it is durable.
public final class MetadataStore: Sendable {
    /// The file.
    public let path: String
    private let published: Mutex<ClusterMetadata>
    private let file: Mutex<MetadataFile?>

    /// Opens the metadata of a folder, new and empty if there is none.
    public init(_ folder: DataFolder) throws(ClusterStateError) {
        path = folder.metadataPath
        let file = try MetadataFile(path: path)
        published = Mutex(try file.read())
        self.file = Mutex(file)
    }

    /// The metadata as of now.
    public var current: ClusterMetadata { published.withLock { $0 } }

    /// Changes the metadata.
    ///
    /// Changes are made one after the other; each sees the one before. If `body` throws, or the change cannot be made durable,
    /// everything stays as it was.
    ///
    /// - Parameter body: Makes the change. It must not call ``update(_:)`` itself.
    /// - Throws: What `body` throws, or a ``ClusterStateError``.
    public func update<Value>(_ body: (inout ClusterMetadata) throws -> Value) throws -> Value {
        try file.withLock { file in
            guard let file else {
                throw ClusterStateError(
                    .system, path: path, reason: "the metadata has been closed; the node is going down")
            }
            var changed = current
            let value = try body(&changed)
            if changed.isChanged {
                let next = changed.published()
                try file.write(changed.changes, version: next.version)
                published.withLock { $0 = next }
            }
            return value
        }
    }

    /// Closes the file; ``current`` goes on to answer.
    public func close() {
        file.withLock { file in
            file?.close()
            file = nil
        }
    }
}
