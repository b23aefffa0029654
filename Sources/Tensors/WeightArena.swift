#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory for a model's packed weights, side by side in huge pages.
///
/// A matrix of a small model is smaller than a huge page, and weights that lie in ordinary pages cost address translations
/// while they stream: in a virtual machine int8 products over 10 MB of weights reached 60 % of the peak in ordinary pages
/// and 78 % in huge ones (medians, 96 rows).
///
/// Memory is reserved in chunks and resident only where it was written. It is given back when the last buffer of its chunk
/// is gone. For one thread at a time.
public final class WeightArena {
    /// Keeps a chunk.
    private final class Chunk: Sendable {
        nonisolated(unsafe) let base: UnsafeMutableRawPointer
        let byteCount: Int
        private nonisolated(unsafe) let reservation: UnsafeMutableRawPointer
        private let reservedBytes: Int

        /// Nil if the system refuses.
        init?(byteCount: Int) {
            self.byteCount = byteCount
            reservedBytes = byteCount + WeightArena.hugePage
            let memory = mmap(nil, reservedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let memory, memory != MAP_FAILED else { return nil }
            reservation = memory
            let address = Int(bitPattern: memory)
            base =
                memory + ((address + WeightArena.hugePage - 1) / WeightArena.hugePage * WeightArena.hugePage - address)
            #if os(Linux)
                madvise(base, byteCount, 14 /* MADV_HUGEPAGE */)
            #endif
        }

        deinit { munmap(reservation, reservedBytes) }
    }

    private static let hugePage = 2 << 20
    private static let chunkBytes = 64 << 20

    private var chunk: Chunk?
    private var offset = 0

    /// An empty arena; memory comes with first use.
    public init() {}

    /// A buffer of `count` zeros in the arena, 64-byte aligned; one of its own if the system has no memory to reserve.
    public func buffer(count: Int) -> FloatBuffer {
        precondition(count >= 0, "a buffer cannot have \(count) floats")
        let bytes = (count * MemoryLayout<Float>.stride + 63) / 64 * 64
        if chunk.map({ $0.byteCount - offset < bytes }) ?? true {
            chunk = Chunk(byteCount: max(Self.chunkBytes, bytes))
            offset = 0
        }
        guard let chunk else { return FloatBuffer(count: count) }
        let start = (chunk.base + offset).bindMemory(to: Float.self, capacity: max(count, 1))
        offset += bytes
        return FloatBuffer(reading: start, count: count, keptBy: chunk)
    }
}
