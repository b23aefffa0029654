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

/// One repository in the cache of huggingface_hub, in its layout (<https://huggingface.co/docs/hub/local-cache>).
///
/// | place | holds |
/// |---|---|
/// | `refs/REVISION` | the commit that a branch or tag stood for |
/// | `blobs/ETAG` | contents, named by their ETag; `.incomplete` while they arrive |
/// | `snapshots/COMMIT/FILE` | relative links to blobs |
/// | `.no_exist/COMMIT/FILE` | empty files: the server said that there is no such file |
/// | `ROOT/.locks/REPOSITORY/ETAG.lock` | held while a blob arrives |
struct RepositoryCache: Sendable {
    let root: String
    let repository: HubRepository

    var folder: String { "\(root)/\(repository.folderName)" }

    func snapshot(_ commit: String) -> String { "\(folder)/snapshots/\(commit)" }

    func blob(_ etag: String) -> String { "\(folder)/blobs/\(etag)" }

    func lock(_ etag: String) -> String { "\(root)/.locks/\(repository.folderName)/\(etag).lock" }

    /// The path of a file of a snapshot, if it is there and its blob as well.
    func file(_ name: String, of commit: String) -> String? {
        let path = "\(snapshot(commit))/\(name)"
        return CacheFiles.size(path) == nil ? nil : path
    }

    /// The commit that the cache knows for the revision, nil if it knows none.
    func commit() throws(HubError) -> String? {
        if repository.isCommit { return repository.revision }
        guard let bytes = try CacheFiles.read("\(folder)/refs/\(repository.revision)", limit: 4096) else { return nil }
        let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
        return Self.isSafeName(text) ? text : nil
    }

    /// Notes what commit the revision stands for.
    func record(commit: String) throws(HubError) {
        guard repository.revision != commit else { return }
        let path = "\(folder)/refs/\(repository.revision)"
        // An unchanged reference is not written: the cache may be read-only.
        if try CacheFiles.read(path, limit: 4096) == [UInt8](commit.utf8) { return }
        try CacheFiles.makeFolder(Self.folder(of: path))
        try CacheFiles.write([UInt8](commit.utf8), to: path)
    }

    /// Whether the server said that a commit has no such file.
    func isKnownMissing(_ name: String, in commit: String) -> Bool {
        CacheFiles.size("\(folder)/.no_exist/\(commit)/\(name)") != nil
    }

    /// Notes that the server said so; a cache that cannot be written goes without the note.
    func recordMissing(_ name: String, in commit: String) {
        let path = "\(folder)/.no_exist/\(commit)/\(name)"
        do throws(HubError) {
            try CacheFiles.makeFolder(Self.folder(of: path))
            try CacheFiles.write([], to: path)
        } catch {
            return
        }
    }

    /// Makes the folders that a blob needs, and the tag that keeps caches out of backups.
    func prepare() throws(HubError) {
        try CacheFiles.makeFolder("\(folder)/blobs")
        try CacheFiles.makeFolder("\(root)/.locks/\(repository.folderName)")
        let tag = "\(root)/CACHEDIR.TAG"
        if CacheFiles.size(tag) == nil {
            // The signature of <https://bford.info/cachedir/>.
            let text = "Signature: 8a477f597d28d172789f06886806bc55\n# The cache of models from the Hugging Face hub.\n"
            try CacheFiles.write([UInt8](text.utf8), to: tag)
        }
    }

    /// Makes a file of a snapshot stand for a blob.
    func link(_ name: String, of commit: String, to etag: String) throws(HubError) {
        let path = "\(snapshot(commit))/\(name)"
        try CacheFiles.makeFolder(Self.folder(of: path))
        let up = String(repeating: "../", count: name.split(separator: "/").count + 1)
        unlink(path)
        if symlink("\(up)blobs/\(etag)", path) == 0 || hardLink(blob(etag), path) { return }
        let fault = CacheFiles.fault(path, "linking")
        if CacheFiles.size(path) != nil { return }
        // Neither kind of link: the file system is one of those where huggingface_hub copies, too.
        guard (try? FileManager.default.copyItem(atPath: blob(etag), toPath: path)) != nil else { throw fault }
    }

    /// The part of a path before its last slash.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// Whether a word of the server may name a file of the cache.
    static func isSafeName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-_.".utf8.contains(byte)
            }
    }

    /// Whether a file name of a listing is a plain relative path.
    static func isSafePath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 1024 && parts.count <= 16
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
            && !path.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }
    }
}

// Inside the type, its own `link` hides the system's.
private func hardLink(_ path: String, _ target: String) -> Bool { link(path, target) == 0 }
