#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file that grows by portions, each of which is on the disk before the next one begins.
struct AppendedFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Opens a file, made if there is none, and cuts it to its first `count` bytes.
    init(path: String, keeping count: Int) throws(TeacherError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, off_t(count)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(count)
        else { throw Self.failure(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Appends bytes and waits for the disk.
    func append(_ bytes: [UInt8]) throws(TeacherError) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + start, bytes.count - start) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            start += count
        }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> TeacherError {
        TeacherError(
            .cannotWrite, path: path, "cannot be written: \(String(cString: strerror(errno)))",
            advice: "Check the path, its permissions and the space on the disk; what is complete is kept")
    }
}
