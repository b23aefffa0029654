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
import Synchronization

/// The folder of an execution, and the lock that one process holds on it.
struct ExecutionFolder: Sendable {
    let path: String

    var history: String { path + "/history.jsonl" }
    var lock: String { path + "/lock" }

    /// The last component of the path.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    static func fault(_ path: String, _ doing: String) -> WorkflowError {
        WorkflowError(
            .file, path, "\(doing) fails: \(String(cString: strerror(errno))); look at the folder's rights and space")
    }

    /// Makes the folder, with those on the way to it, where it does not exist.
    func make() throws(WorkflowError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw WorkflowError(.file, path, "the folder cannot be made; look at its rights")
        }
    }

    /// The process that holds the lock, 0 where it is unknown; `nil` if nobody holds it.
    var holder: Int32? {
        let file = open(lock, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 {
            flock(file, LOCK_UN)
            return nil
        }
        return Self.process(in: file)
    }

    private static func process(in file: Int32) -> Int32 {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &bytes, bytes.count, 0)
        return Int32(String(decoding: bytes.prefix(max(count, 0)).prefix { $0 > 0x20 }, as: UTF8.self)) ?? 0
    }

    /// Takes the lock.
    ///
    /// - Throws: ``WorkflowError`` that names the process that has it.
    func takeLock() throws(WorkflowError) -> Int32 {
        let file = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.fault(lock, "opening") }
        // Whoever asks who holds the lock has it for a moment.
        var tries = 0
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            tries += 1
            guard tries < 10 else {
                let holder = Self.process(in: file)
                close(file)
                throw WorkflowError(
                    .locked, path,
                    "process \(holder == 0 ? "(unknown)" : "\(holder)") runs this execution; wait for its end, or stop it"
                )
            }
            usleep(5000)
        }
        _ = ftruncate(file, 0)
        let text = "\(getpid())\n"
        _ = text.withCString { pwrite(file, $0, text.utf8.count, 0) }
        return file
    }
}
