import CPageGuard

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file of an index that is read as memory.
///
/// Stays readable after its name is removed, as long as this object lives. Where it cannot be read (it was cut while it was open, the
/// device fails) it has zeros.
package final class MappedFile: @unchecked Sendable {
    /// The path as it was given.
    package let path: String
    /// All bytes; at least one, from the beginning of a page.
    package let bytes: UnsafeRawBufferPointer
    private let watch: CInt

    /// Maps a file.
    ///
    /// - Throws: ``IndexFileError`` when the system refuses, or for an empty file.
    package init(path: String) throws(IndexFileError) {
        self.path = path
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemCalls.failure(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw SystemCalls.failure(path) }
        let count = Int(status.st_size)
        guard count > 0 else { throw .corrupt(file: path, reason: "it is empty") }
        guard let memory = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), memory != MAP_FAILED else {
            throw SystemCalls.failure(path)
        }
        bytes = UnsafeRawBufferPointer(start: memory, count: count)
        watch = cpg_watch(memory, count)
    }

    deinit {
        cpg_unwatch(watch)
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count)
    }

    /// The first byte.
    package var base: UnsafeRawPointer { bytes.baseAddress! }

    /// How many bytes there are.
    package var count: Int { bytes.count }

    /// What is wrong when something of it could not be read; `nil`: all could so far.
    package var damage: IndexFileError? {
        guard cpg_is_damaged(watch) != 0 else { return nil }
        return .corrupt(
            file: path, reason: "a part of it cannot be read: it was cut while it was open, or the device fails")
    }
}
