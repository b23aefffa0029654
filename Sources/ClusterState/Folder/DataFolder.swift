#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The folder with everything that a node keeps, held by one process.
///
///     DIR/format            the number of this layout, as text
///     DIR/lock              held with flock(2); says who holds it
///     DIR/cluster.sqlite    metadata: indices, aliases, templates, settings
///     DIR/indices/<uuid>/   one folder an index
///
/// The lock goes with the process, however it ends: a leftover file is no obstacle.
public final class DataFolder: Sendable {
    /// The layout that this program writes.
    public static let format = 1

    /// The folder's path.
    public let path: String
    private let lock: FolderLock

    /// Takes a folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - create: Makes it if it is not there.
    /// - Throws: ``ClusterStateError``: locked (with the holder's process id), missing, other things in it, newer format, read-only.
    public init(path: String, create: Bool = true) throws(ClusterStateError) {
        self.path = path
        let files = FileManager.default
        var entries: [String]
        do {
            if create {
                // Documents and hashes of passwords are nobody else's.
                try files.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            entries = try files.contentsOfDirectory(atPath: path)
        } catch {
            throw ClusterStateError(
                files.fileExists(atPath: path) ? .readOnly : .missing, path: path,
                reason: create
                    ? "the folder can neither be read nor made; choose one that this user may write"
                    : "there is no such data folder; give the one that the node was started with")
        }
        entries.removeAll { $0 == "lost+found" || $0.hasPrefix(".") }
        let hasFormat = entries.contains("format")
        // A crash may have come between the lock and the format.
        if !hasFormat, !entries.allSatisfy({ $0 == "lock" || $0 == "format.new" }) {
            throw ClusterStateError(
                .notADataFolder, path: path,
                reason:
                    "the folder holds other things (\(entries.sorted().prefix(3).joined(separator: ", "))); choose an empty one"
            )
        }
        if !hasFormat && !create {
            throw ClusterStateError(
                .missing, path: path, reason: "this is no data folder; give the one that the node was started with")
        }
        lock = try FolderLock(path: path + "/lock")
        if hasFormat {
            try Self.checkFormat(path)
        } else {
            try DurableFile.write([UInt8]("\(Self.format)\n".utf8), to: path + "/format")
        }
        do {
            try files.createDirectory(atPath: indicesPath, withIntermediateDirectories: true)
        } catch {
            throw ClusterStateError(
                .readOnly, path: indicesPath, reason: "the folder cannot be made; make \(path) writable")
        }
    }

    private static func checkFormat(_ path: String) throws(ClusterStateError) {
        let file = path + "/format"
        let text = (FileManager.default.contents(atPath: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let found = Int(text.filter { !$0.isWhitespace }), found > 0 else {
            throw ClusterStateError(
                .damaged, path: file,
                reason: "the file does not hold a number; write \(format) into it if the rest is whole")
        }
        guard found <= format else {
            throw ClusterStateError(
                .newerFormat, path: path,
                reason:
                    "the folder has format \(found), this program knows up to \(format); start the newer program again")
        }
    }

    /// The file with the metadata.
    public var metadataPath: String { path + "/cluster.sqlite" }
    /// The folder with the folders of the indices.
    public var indicesPath: String { path + "/indices" }
    /// The folder of an index.
    public func indexPath(uuid: String) -> String { indicesPath + "/" + uuid }

    /// Makes the folder of an index; nothing if it is there.
    public func createIndexFolder(uuid: String) throws(ClusterStateError) {
        let folder = indexPath(uuid: uuid)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ClusterStateError(
                .diskFull, path: folder,
                reason: "the folder cannot be made (\(error)); look for a full or read-only disk")
        }
        try DurableFile.synchronizeFolder(indicesPath)
    }

    /// Removes the folder of an index with everything in it; nothing if there is none.
    public func removeIndexFolder(uuid: String) throws(ClusterStateError) {
        let folder = indexPath(uuid: uuid)
        guard FileManager.default.fileExists(atPath: folder) else { return }
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw ClusterStateError(
                .readOnly, path: folder, reason: "the folder cannot be removed (\(error)); remove it by hand")
        }
    }

    /// Removes folders of indices that no metadata knows: what a crash left between making a folder and writing its metadata, or
    /// between forgetting an index and removing its folder.
    ///
    /// - Parameter uuids: The indices that there are.
    /// - Returns: The names of the folders that were removed, for the log.
    public func removeOrphans(keeping uuids: Set<String>) throws(ClusterStateError) -> [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: indicesPath)) ?? []
        let orphans = found.filter { !uuids.contains($0) && $0 != "lost+found" }.sorted()
        for orphan in orphans { try removeIndexFolder(uuid: orphan) }
        return orphans
    }

    /// Lets another process have the folder.
    ///
    /// Close everything in it before.
    public func release() { lock.release() }
}
