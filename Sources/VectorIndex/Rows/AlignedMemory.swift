#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Zeroed memory that begins at a page, in large pages where the system has them.
final class AlignedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let count: Int

    /// - Parameter count: bytes; 0 is allowed.
    init(count: Int) {
        self.count = max(1, count)
        let isLarge = self.count >= 1 << 21
        let memory = mmap(
            nil, self.count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | (isLarge ? Int32(MAP_NORESERVE) : 0),
            -1, 0)
        guard let memory, memory != MAP_FAILED else { fatalError("no memory for \(count) bytes of vectors") }
        base = memory
        #if os(Linux)
            if isLarge { madvise(memory, self.count, MADV_HUGEPAGE) }
        #endif
    }

    deinit { munmap(base, count) }

    func pointer<T>(to type: T.Type = T.self) -> UnsafeMutablePointer<T> { base.assumingMemoryBound(to: T.self) }
}
