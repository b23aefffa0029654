/// Remembers how the last words were cut: a direct-mapped table of short words and their tokens.
///
/// Text repeats its words, so most of them are found here with one access to memory. A word of more than `longestWord`
/// bytes or `mostPieces` tokens is never kept. The cache belongs to one thread's scratch, and so to one model.
struct WordCache: ~Copyable {
    /// The longest word that is kept, in bytes.
    static let longestWord = 24
    /// The most tokens that are kept.
    static let mostPieces = 6

    /// One word: 64 bytes, so that it lies in one cache line.
    struct Entry: BitwiseCopyable {
        /// The bytes, with zeros behind them.
        var key: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var ids: (Int32, Int32, Int32, Int32, Int32, Int32) = (0, 0, 0, 0, 0, 0)
        /// Where each token ends.
        var ends: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0, 0)
        /// The number of bytes; 0 = unused.
        var count: UInt8 = 0
        var pieceCount: UInt8 = 0
        private var padding: UInt64 = 0
    }

    private static let size = 1 << 12
    private let entries: UnsafeMutablePointer<Entry>

    init() {
        entries = .allocate(capacity: Self.size)
        entries.initialize(repeating: Entry(), count: Self.size)
    }

    deinit { entries.deallocate() }

    /// The first `count` bytes at `word`, in three numbers; at least 24 bytes may be read there.
    @inline(__always)
    static func key(_ word: UnsafePointer<UInt8>, _ count: Int) -> (UInt64, UInt64, UInt64) {
        let raw = UnsafeRawPointer(word)
        func part(_ offset: Int) -> UInt64 {
            let rest = count - offset
            if rest <= 0 { return 0 }
            let value = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
            return rest >= 8 ? value : value & (1 << UInt64(truncatingIfNeeded: rest * 8) &- 1)
        }
        return (part(0), part(8), part(16))
    }

    /// The place where a word of up to `longestWord` bytes is, if it is here.
    @inline(__always)
    func place(_ key: (UInt64, UInt64, UInt64)) -> UnsafeMutablePointer<Entry> {
        var hash = key.0 &* 0x9E37_79B9_7F4A_7C15
        hash ^= (key.1 ^ hash >> 29) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= (key.2 ^ hash >> 31) &* 0xC4CE_B9FE_1A85_EC53
        hash ^= hash >> 33
        return entries + Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 52)
    }

    /// Keeps the tokens of a word, if there are few enough.
    static func store(
        _ pieces: [SubwordPiece], for key: (UInt64, UInt64, UInt64), count: Int, at place: UnsafeMutablePointer<Entry>
    ) {
        guard !pieces.isEmpty && pieces.count <= mostPieces else { return }
        var entry = Entry()
        entry.key = key
        entry.count = UInt8(truncatingIfNeeded: count)
        entry.pieceCount = UInt8(truncatingIfNeeded: pieces.count)
        withUnsafeMutableBytes(of: &entry.ids) { ids in
            for (index, piece) in pieces.enumerated() {
                ids.storeBytes(of: piece.id, toByteOffset: index * 4, as: Int32.self)
            }
        }
        withUnsafeMutableBytes(of: &entry.ends) { ends in
            for (index, piece) in pieces.enumerated() { ends[index] = UInt8(truncatingIfNeeded: piece.end) }
        }
        place.pointee = entry
    }
}
