#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file that a test changes in place, behind the back of whoever has it open.
public struct OpenedFile {
    private let path: String

    /// A file that is there.
    public init(_ path: String) { self.path = path }

    /// Its size in bytes; 0 if there is none.
    public var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Cuts what is behind so many bytes.
    public func cut(to bytes: Int) { truncate(path, bytes) }

    /// Replaces the byte at a place.
    public func write(_ byte: UInt8, at offset: Int) {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        _ = withUnsafePointer(to: byte) { pwrite(file, $0, 1, offset) }
    }
}

/// Lets this thread sleep.
public func sleep(milliseconds: UInt32) { usleep(milliseconds * 1_000) }
