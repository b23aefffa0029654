#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file of an index that is read as memory.
///
/// Stays readable after its name is removed, as long as this object lives.
package final class MappedMemory: @unchecked Sendable {
    /// The path as it was given.
    package let path: String
    /// All bytes; at least one.
    package let bytes: UnsafeRawBufferPointer

    /// Maps a file.
    ///
    /// - Throws: ``IndexFileError`` when the system refuses, or for an empty file.
    package init(path: String) throws(IndexFileError) {
        self.path = path
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
        let count = Int(status.st_size)
        guard count > 0 else { throw .corrupt(file: path, reason: "it is empty") }
        guard let memory = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), memory != MAP_FAILED else {
            throw .file(path: path, reason: String(cString: strerror(errno)))
        }
        bytes = UnsafeRawBufferPointer(start: memory, count: count)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count) }
}
