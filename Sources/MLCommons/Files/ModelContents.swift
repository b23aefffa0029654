import JSON
import ModelFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files of registered models: a folder for each, named by the node and never by a client.
///
///     ROOT/<name>/model.zip     the archive: a second name of a cache's file, or a copy
///     ROOT/<name>/config.json   the description, as `ModelFolder` reads it beside an archive
///     ROOT/<name>/chunks/<n>    what was uploaded so far
struct ModelContents: Sendable {
    let root: String

    func folder(_ name: String) -> String { "\(root)/\(name)" }
    func archive(_ name: String) -> String { "\(root)/\(name)/model.zip" }
    private func chunk(_ number: Int, of name: String) -> String { "\(root)/\(name)/chunks/\(number)" }

    /// Takes an archive over, durably.
    ///
    /// - Parameter isCached: Whether nobody changes the file in place. Any other file is copied: its owner may write to it, and what is
    ///   deployed is mapped into memory.
    func install(_ path: String, as name: String, isCached: Bool) throws {
        try makeFolder(folder(name))
        let source = URL(filePath: path).resolvingSymlinksInPath().path
        let target = archive(name)
        if isCached {
            try? FileManager.default.removeItem(atPath: target)
            if Self.systemLink(source, target) == 0 { return try Self.synchronize(folder(name)) }
        }
        let beside = target + ".part"
        try? FileManager.default.removeItem(atPath: beside)
        do {
            try FileManager.default.copyItem(atPath: source, toPath: beside)
            try Self.synchronize(beside)
            guard rename(beside, target) == 0 else { throw Self.failure(target, "written") }
            try Self.synchronize(folder(name))
        } catch {
            try? FileManager.default.removeItem(atPath: beside)
            throw error
        }
    }

    /// Writes the description of an archive.
    func write(_ description: JSONObject, of name: String) throws {
        try makeFolder(folder(name))
        try ReplacedFile.write(JSONValue.object(description).serializedBytes(), to: "\(folder(name))/config.json")
    }

    /// Makes a file, or the names in a folder, durable.
    private static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path, "written") }
    }

    private static func systemLink(_ source: String, _ target: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.link(source, target)
        #elseif canImport(Musl)
            Musl.link(source, target)
        #else
            Darwin.link(source, target)
        #endif
    }

    // MARK: Chunks

    /// Keeps a part of an upload; one that was there before gives way.
    func write(_ bytes: [UInt8], chunk number: Int, of name: String) throws {
        try makeFolder("\(folder(name))/chunks")
        try ReplacedFile.write(bytes, to: chunk(number, of: name))
    }

    /// The number of the first part of an upload that is not there.
    func missingChunk(of name: String, count: Int) -> Int? {
        (0..<count).first { !FileManager.default.fileExists(atPath: chunk($0, of: name)) }
    }

    /// Makes the archive of its parts; nothing if that was done before.
    ///
    /// - Precondition: All parts are there.
    func assemble(_ name: String, count: Int) throws {
        let files = FileManager.default
        guard !files.fileExists(atPath: archive(name)) else { return }
        let beside = archive(name) + ".part"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(beside, "made") }
        defer { close(descriptor) }
        for number in 0..<count {
            let bytes = try FileBytes(path: chunk(number, of: name))
            let isWritten = bytes.withUnsafeBytes { Self.write(descriptor, $0) }
            guard isWritten else { throw Self.failure(beside, "written") }
        }
        guard fsync(descriptor) == 0, rename(beside, archive(name)) == 0 else {
            throw Self.failure(archive(name), "written")
        }
        try Self.synchronize(folder(name))
    }

    /// Throws an archive away that is not what its parts were to be.
    func removeArchive(_ name: String) { try? FileManager.default.removeItem(atPath: archive(name)) }

    /// Throws the parts away, once they were joined.
    func removeChunks(of name: String) {
        try? FileManager.default.removeItem(atPath: "\(folder(name))/chunks")
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = systemWrite(descriptor, part.baseAddress, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func failure(_ path: String, _ verb: String) -> ModelFileError {
        ModelFileError(
            .unreadable, path: path, reason: "it cannot be \(verb) (system error \(errno))",
            advice: "Look for a full or read-only disk")
    }

    // MARK: Folders

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Removes the files of a model; nothing if there are none.
    func remove(_ name: String) { try? FileManager.default.removeItem(atPath: folder(name)) }

    /// Removes folders that no model has: what a crash left.
    ///
    /// Only what this type makes is removed: whatever else lies there is somebody's.
    ///
    /// - Returns: What was removed, and what was left, as lines for the log.
    func removeOrphans(keeping names: Set<String>) -> [String] {
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: root) else { return [] }
        return found.sorted().compactMap { name -> String? in
            if names.contains(name) || name.hasPrefix(".") || name == "lost+found" { return nil }
            guard isOwn(name) else { return "\(folder(name)) is not the server's and is left alone" }
            do {
                try FileManager.default.removeItem(atPath: folder(name))
                return "files of a model that is not registered were removed: \(name)"
            } catch {
                return "\(folder(name)) belongs to no model, and cannot be removed: \(error)"
            }
        }
    }

    /// Whether a folder has a name as the node gives it, and only files as the node writes them.
    private func isOwn(_ name: String) -> Bool {
        var status = stat()
        guard DocumentID.isOne(name), lstat(folder(name), &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder(name))
        else { return false }
        return files.allSatisfy { file in
            ["model.zip", "config.json", "chunks"].contains(file) || file.hasSuffix(".part")
        }
    }
}

// Inside the type, its own `write` hides the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

extension ModelContents {
    /// Whether the file system has something at a path.
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether a path is that of a folder.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The bytes of the files in a folder and in those inside it.
    static func bytes(inFolder path: String) throws -> Int {
        var bytes = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG: bytes += Int(status.st_size)
            // Folders of models are two levels deep; a link may lead in circles.
            case S_IFDIR:
                for inner in try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)")
                where stat("\(path)/\(name)/\(inner)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG {
                    bytes += Int(status.st_size)
                }
            default: break
            }
        }
        return bytes
    }
}
