import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// An exclusive lock on a file, held until it is released or the process ends.
final class FolderLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock without waiting.
    init(path: String) throws(ClusterStateError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw ClusterStateError(
                .readOnly, path: path,
                reason: "the lock file cannot be made (system error \(errno)); make the folder writable")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.read(file)
            close(file)
            throw ClusterStateError(
                .locked, path: path,
                reason:
                    "the data folder is in use by process \(holder.isEmpty ? "(unknown)" : holder); stop it or use another folder"
            )
        }
        descriptor = Mutex(file)
        // Only information for whoever meets the lock: failing to write it is no obstacle.
        _ = ftruncate(file, 0)
        let text = "\(getpid())\n"
        _ = text.withCString { pwrite(file, $0, text.utf8.count, 0) }
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let file = descriptor {
                // Closing alone would leave the lock to a child process that was forked a moment ago and has not closed its copy yet.
                flock(file, LOCK_UN)
                close(file)
            }
            descriptor = nil
        }
    }

    private static func read(_ file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(file, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)).filter { $0 > 0x20 && $0 < 0x7f }, as: UTF8.self)
    }
}
