#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// An advisory lock that Python's `filelock`, and so huggingface_hub, respects: `flock` on a file that stays.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Waits until nobody else holds the lock.
    ///
    /// - Parameter onWait: Called once if somebody does.
    static func acquire(_ path: String, onWait: () -> Void) async throws(HubError) -> FileLock {
        var hasWaited = false
        while true {
            // Group-writable, as huggingface_hub makes them, for caches that several users share.
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o664)
            guard descriptor >= 0 else { throw CacheFiles.fault(path, "opening the lock") }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                if isStill(descriptor, at: path) { return FileLock(descriptor: descriptor) }
                close(descriptor)
                continue
            }
            let code = errno
            close(descriptor)
            switch code {
            case EWOULDBLOCK, EINTR: break
            // A file system without locks; files are still renamed into place whole.
            case ENOSYS, ENOTSUP, ENOLCK: return FileLock(descriptor: -1)
            default:
                errno = code
                throw CacheFiles.fault(path, "locking")
            }
            if !hasWaited { onWait() }
            hasWaited = true
            do {
                try await Task.sleep(for: .milliseconds(50))
            } catch {
                throw .cancelled(path)
            }
        }
    }

    /// Whether the locked file is the one that others would open: it may have been removed between opening and locking.
    private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
        var locked = stat()
        var named = stat()
        return fstat(descriptor, &locked) == 0 && stat(path, &named) == 0 && locked.st_ino == named.st_ino
            && locked.st_dev == named.st_dev
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
