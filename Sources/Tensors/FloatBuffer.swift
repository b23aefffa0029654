import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A block of float32 values that this object owns: 64-byte aligned, zero at first, of fixed size.
///
/// Blocks of 2 MiB and more start on a 2 MiB boundary and ask the kernel for huge pages, which saves address
/// translation while weights stream through the cache.
///
/// Sendable by rule, not by lock: whoever makes a buffer may write it; once it is shared between threads it is only
/// read, or each thread writes a part of its own.
public final class FloatBuffer: @unchecked Sendable {
    /// Number of floats.
    public let count: Int
    /// The first float.
    ///
    /// Valid as long as this object lives.
    public let base: UnsafeMutablePointer<Float>

    /// Who keeps the memory in place, if not this object.
    private let owner: (any AnyObject & Sendable)?

    private static let hugePage = 2 << 20

    /// Makes a buffer of `count` zeros.
    public init(count: Int) {
        precondition(count >= 0, "a buffer cannot have \(count) floats")
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        let alignment = bytes >= Self.hugePage ? Self.hugePage : 64
        var memory: UnsafeMutableRawPointer?
        let status = posix_memalign(&memory, alignment, bytes)
        guard status == 0, let memory else {
            fatalError("out of memory: \(bytes) bytes for a tensor could not be reserved")
        }
        #if os(Linux)
            if bytes >= Self.hugePage { madvise(memory, bytes, 14 /* MADV_HUGEPAGE */) }
        #endif
        memset(memory, 0, bytes)
        base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
        owner = nil
    }

    /// Takes floats where they are: a table in a mapped file.
    ///
    /// They have a float's alignment, and may only be read unless whoever makes the buffer owns the memory as well.
    ///
    /// - Parameter owner: what keeps the memory in place; held as long as this object lives.
    package init(reading floats: UnsafePointer<Float>, count: Int, keptBy owner: any AnyObject & Sendable) {
        self.count = count
        self.owner = owner
        base = UnsafeMutablePointer(mutating: floats)
    }

    /// Makes a buffer that holds a copy of `values`.
    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { base.update(from: first, count: source.count) }
        }
    }

    deinit {
        if owner == nil { free(base) }
    }

    /// All floats.
    public var values: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: base, count: count)
    }

    /// The buffer seen as a dense row-major matrix; `rows * columns` may not exceed `count`.
    public func matrix(rows: Int, columns: Int) -> MatrixView {
        precondition(rows * columns <= count, "a \(rows) x \(columns) matrix does not fit \(count) floats")
        return MatrixView(base, rows: rows, columns: columns)
    }
}
