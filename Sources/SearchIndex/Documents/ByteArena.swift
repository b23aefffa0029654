/// Memory for many byte strings and growing byte streams, all freed at once.
///
/// Places are 32-bit offsets.
///
/// A stream is a chain of slices of growing sizes; the last four bytes of a slice say where the next one is, as in Lucene's
/// `ByteBlockPool`.
final class ByteArena {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    static let sliceSizes: [UInt32] = [9, 20, 36, 68, 132, 260, 516, 1028, 2052]

    init(capacity: Int = 1 << 20) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    @inline(__always)
    private func take(_ size: Int) -> UInt32 {
        if count &+ size > capacity { grow(size) }
        let at = count
        count &+= size
        return UInt32(truncatingIfNeeded: at)
    }

    @inline(never)
    private func grow(_ size: Int) {
        capacity = max(capacity * 2, count + size)
        precondition(capacity < 1 << 33, "a buffer of documents grows above 4 GiB")
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }

    /// Copies a string here.
    @inline(__always)
    func add(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        let at = take(count)
        (base + Int(at)).update(from: bytes, count: count)
        return at
    }

    /// A stream of bytes that is written.
    struct Stream {
        var start: UInt32 = 0
        var cursor: UInt32 = 0
        var limit: UInt32 = 0
        var level: UInt8 = 0
    }

    @inline(__always)
    func append(_ byte: UInt8, to stream: inout Stream) {
        if stream.cursor == stream.limit { addSlice(&stream) }
        base[Int(stream.cursor)] = byte
        stream.cursor &+= 1
    }

    @inline(never)
    private func addSlice(_ stream: inout Stream) {
        let isFirst = stream.limit == 0
        if !isFirst { stream.level = min(stream.level + 1, UInt8(Self.sliceSizes.count - 1)) }
        let size = Self.sliceSizes[Int(stream.level)]
        let slice = take(Int(size))
        if isFirst {
            stream.start = slice
        } else {
            UnsafeMutableRawPointer(base + Int(stream.limit)).storeBytes(of: slice, as: UInt32.self)
        }
        stream.cursor = slice
        stream.limit = slice &+ size &- 4
    }

    @inline(__always)
    func append(variable value: UInt32, to stream: inout Stream) {
        var value = value
        while value >= 0x80 {
            append(UInt8(truncatingIfNeeded: value) | 0x80, to: &stream)
            value >>= 7
        }
        append(UInt8(truncatingIfNeeded: value), to: &stream)
    }

    /// Reads a stream from its beginning.
    struct Reader {
        private let base: UnsafeMutablePointer<UInt8>
        private var cursor: Int
        private var limit: Int
        private let end: Int
        private var level = 0

        init(_ arena: ByteArena, _ stream: Stream) {
            base = arena.base
            cursor = Int(stream.start)
            limit = cursor + Int(ByteArena.sliceSizes[0]) - 4
            end = Int(stream.cursor)
            if stream.limit == 0 { limit = cursor }
        }

        var isAtEnd: Bool { cursor == end }

        @inline(__always)
        private mutating func byte() -> UInt8 {
            if cursor == limit {
                cursor = Int(UnsafeRawPointer(base + limit).loadUnaligned(as: UInt32.self))
                level = min(level + 1, ByteArena.sliceSizes.count - 1)
                limit = cursor + Int(ByteArena.sliceSizes[level]) - 4
            }
            let byte = base[cursor]
            cursor &+= 1
            return byte
        }

        @inline(__always)
        mutating func variable() -> UInt32 {
            var value: UInt32 = 0, shift: UInt32 = 0
            while true {
                let byte = byte()
                value |= UInt32(byte & 0x7f) << shift
                if byte < 0x80 { return value }
                shift &+= 7
            }
        }
    }
}
