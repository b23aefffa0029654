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
///     ROOT/<name>/model.zip     the archive, a link to a cache's file where that is possible
///     ROOT/<name>/config.json   the description, as `ModelFolder` reads it beside an archive
///     ROOT/<name>/chunks/<n>    what was uploaded so far
struct ModelContents: Sendable {
    let root: String

    func folder(_ name: String) -> String { "\(root)/\(name)" }
    func archive(_ name: String) -> String { "\(root)/\(name)/model.zip" }
    private func chunk(_ number: Int, of name: String) -> String { "\(root)/\(name)/chunks/\(number)" }

    /// Takes an archive over, and writes its description.
    func install(_ path: String, as name: String, description: JSONObject) throws {
        try makeFolder(folder(name))
        try link(path, to: archive(name))
        try write(description, of: name)
    }

    /// Writes the description of an archive.
    func write(_ description: JSONObject, of name: String) throws {
        try makeFolder(folder(name))
        try ReplacedFile.write(JSONValue.object(description).serializedBytes(), to: "\(folder(name))/config.json")
    }

    private func link(_ path: String, to target: String) throws {
        let files = FileManager.default
        let source = URL(filePath: path).resolvingSymlinksInPath().path
        if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
        // A cache may be cleaned: a second name of the same bytes costs nothing and stays.
        guard Self.systemLink(source, target) != 0 else { return }
        let beside = "\(target).\(UInt32.random(in: 0 ... .max)).part"
        do {
            try files.copyItem(atPath: source, toPath: beside)
            try files.moveItem(atPath: beside, toPath: target)
        } catch {
            try? files.removeItem(atPath: beside)
            throw error
        }
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
    /// - Returns: Their names.
    func removeOrphans(keeping names: Set<String>) throws -> [String] {
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: root) else { return [] }
        let orphans = found.filter { !names.contains($0) && $0 != "lost+found" && !$0.hasPrefix(".") }.sorted()
        for orphan in orphans { try FileManager.default.removeItem(atPath: folder(orphan)) }
        return orphans
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
