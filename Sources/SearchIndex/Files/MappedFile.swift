import CPageGuard

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is read as memory.
///
/// Stays readable after its name is removed, as long as this object lives. Where it cannot be read (it was cut while it was open, the
/// device fails) it has zeros.
final class MappedFile: @unchecked Sendable {
    let path: String
    let count: Int
    let base: UnsafeRawPointer
    private let watch: CInt

    /// - Throws: ``IndexError/file(path:reason:)``; empty files cannot be mapped.
    init(path: String) throws(IndexError) {
        self.path = path
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemCalls.failure(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw SystemCalls.failure(path) }
        count = Int(status.st_size)
        guard count > 0 else { throw .corrupt(file: path, reason: "it is empty") }
        guard let memory = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), memory != MAP_FAILED else {
            throw SystemCalls.failure(path)
        }
        base = UnsafeRawPointer(memory)
        watch = cpg_watch(base, count)
    }

    deinit {
        cpg_unwatch(watch)
        munmap(UnsafeMutableRawPointer(mutating: base), count)
    }

    /// Whether something of it could not be read.
    var isUnreadable: Bool { cpg_is_damaged(watch) != 0 }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}
