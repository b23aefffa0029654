#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

// Inside the type below, its own `write` would hide the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, min(bytes.count, 1 << 30))
}

/// A file of lines that grows, and of which a killed process leaves only whole lines.
///
/// It is held by one process at a time.
package final class AppendedLines: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Opens the file, made if there is none, and cuts off a last line without its end.
    ///
    /// - Throws: also when another process holds it.
    package init(_ path: String) throws(ModelFileError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(path: path, doing: "creating") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .system(path: path, doing: "locking") }
        var end = lseek(descriptor, 0, SEEK_END)
        var byte: UInt8 = 0
        while end > 0, pread(descriptor, &byte, 1, end - 1) == 1, byte != 0x0A { end -= 1 }
        guard end >= 0, ftruncate(descriptor, end) == 0, lseek(descriptor, end, SEEK_SET) == end else {
            throw .system(path: path, doing: "cutting")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends a line, given without its end; calls must not overlap.
    package func append(_ line: [UInt8]) throws(ModelFileError) {
        let bytes = line + [0x0A]
        let isWritten = bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = systemWrite(descriptor, rest)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
        guard isWritten else { throw .system(path: path, doing: "writing") }
    }

    /// Waits until all lines are on the disk.
    package func flush() throws(ModelFileError) {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .system(path: path, doing: "flushing") }
    }
}
