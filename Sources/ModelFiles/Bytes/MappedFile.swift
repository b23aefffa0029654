#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A regular file, mapped read-only into memory: its pages are read when they are first touched, and shared with the page cache.
///
/// The map stays valid until the last reference is gone, even if the file is deleted or replaced meanwhile. Truncating the file in
/// place while it is mapped kills the process when a lost page is touched, as it does for every program that maps files; replace
/// model files by renaming a new one over them, as the writers here do.
public final class MappedFile: Sendable {
    /// The path as it was given.
    public let path: String
    /// The size of the file when it was opened, in bytes.
    public let count: Int
    /// The first byte; `nil` for an empty file.
    ///
    /// Never written to.
    private nonisolated(unsafe) let base: UnsafeRawPointer?

    /// Maps a file.
    ///
    /// - Throws: ``ModelFileError`` if there is no such file, it is no regular file, or the system refuses.
    public init(path: String) throws(ModelFileError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(path: path, doing: "opening") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, doing: "examining") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ModelFileError(.unreadable, path: path, reason: "this is not a regular file")
        }
        count = Int(status.st_size)
        guard count > 0 else {
            base = nil
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .system(path: path, doing: "mapping")
        }
        base = UnsafeRawPointer(address)
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
    }

    /// Gives access to all bytes; the pointer is valid inside `body` only.
    public func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Gives the memory of the pages that were read back to the system; they are read again when they are touched.
    package func releasePages() {
        if let base { madvise(UnsafeMutableRawPointer(mutating: base), count, 4 /* MADV_DONTNEED */) }
    }

    /// All bytes, valid as long as this object.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: base, count: count))
            return _overrideLifetime(span, borrowing: self)
        }
    }
}

extension ModelFileError {
    /// An error of the system, from `errno`.
    package static func system(path: String, doing action: String) -> ModelFileError {
        let code = errno
        let reason = "\(action) failed: \(String(cString: strerror(code)))"
        return ModelFileError(code == ENOENT || code == ENOTDIR ? .notFound : .unreadable, path: path, reason: reason)
    }
}
