/// A set of words in UTF-8, made for look-ups that mostly fail.
struct WordSet: Sendable {
    private let table: Table
    /// Whether look-ups fold case, character by character.
    let ignoresCase: Bool

    /// Words of up to 16 bytes as two machine words each, in open addressing; immutable after `init`.
    fileprivate final class Table: @unchecked Sendable {
        struct Key: BitwiseCopyable {
            var low: UInt64 = 0
            var high: UInt64 = 0
            var length: UInt64 = 0
        }

        let keys: UnsafeMutablePointer<Key>
        let mask: Int
        let long: Set<[UInt8]>
        // Which lengths occur, by bits.
        let lengths: UInt32

        init(_ words: Set<[UInt8]>) {
            let short = words.filter { $0.count <= 16 && !$0.isEmpty }
            long = words.filter { $0.count > 16 || $0.isEmpty }
            var size = 16
            while size < short.count * 4 { size *= 2 }
            keys = .allocate(capacity: size)
            keys.initialize(repeating: Key(), count: size)
            mask = size - 1
            var lengths: UInt32 = 0
            for word in short {
                lengths |= 1 << UInt32(word.count)
                let key = (word + [UInt8](repeating: 0, count: 16)).withUnsafeBytes { bytes in
                    Key(
                        low: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                        high: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self), length: UInt64(word.count))
                }
                var slot = Self.hash(key) & mask
                while keys[slot].length != 0 { slot = (slot + 1) & mask }
                keys[slot] = key
            }
            self.lengths = lengths
        }

        deinit { keys.deallocate() }

        @inline(__always)
        static func hash(_ key: Key) -> Int {
            let mixed = (key.low ^ key.high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
            return Int(truncatingIfNeeded: mixed >> 32 ^ key.length)
        }

        @inline(__always)
        func contains(_ key: Key) -> Bool { Table.contains(key, keys, mask) }

        @inline(__always)
        static func contains(_ key: Key, _ keys: UnsafeMutablePointer<Key>, _ mask: Int) -> Bool {
            var slot = hash(key) & mask
            while keys[slot].length != 0 {
                if keys[slot].low == key.low, keys[slot].high == key.high, keys[slot].length == key.length {
                    return true
                }
                slot = (slot + 1) & mask
            }
            return false
        }
    }

    init(_ list: some Sequence<String>, ignoresCase: Bool = false) {
        self.ignoresCase = ignoresCase
        table = Table(Set(list.map { ignoresCase ? Self.lowercased(Array($0.utf8)) : Array($0.utf8) }))
    }

    /// The table without its owner, for loops; use it only while the set is alive.
    struct Probe {
        fileprivate let keys: UnsafeMutablePointer<Table.Key>
        fileprivate let mask: Int
        fileprivate let lengths: UInt32

        /// Whether a word of at most 16 bytes is in the set; the 16 bytes from `base` on must be readable, as they are in an arena.
        @inline(__always)
        func contains(_ base: UnsafePointer<UInt8>, _ length: Int) -> Bool {
            guard lengths >> UInt32(truncatingIfNeeded: length) & 1 != 0 else { return false }
            let raw = UnsafeRawPointer(base)
            var key = Table.Key(
                low: raw.loadUnaligned(as: UInt64.self), high: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                length: UInt64(length))
            if length < 8 {
                key.low &= (1 << UInt64(length * 8)) &- 1
                key.high = 0
            } else {
                key.high &= length == 16 ? .max : (1 << UInt64((length - 8) * 8)) &- 1
            }
            return Table.contains(key, keys, mask)
        }
    }

    /// For loops over words of at most 16 bytes; `nil` for a set that ignores case.
    var probe: Probe? { ignoresCase ? nil : Probe(keys: table.keys, mask: table.mask, lengths: table.lengths) }

    /// Whether the word is in the set.
    @inline(never)
    func contains(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let bytes = ignoresCase ? Self.lowercased(Array(word)) : Array(word)
        if bytes.count > 16 || bytes.isEmpty { return table.long.contains(bytes) }
        return (bytes + [UInt8](repeating: 0, count: 16)).withUnsafeBytes { padded in
            table.contains(
                Table.Key(
                    low: padded.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    high: padded.loadUnaligned(fromByteOffset: 8, as: UInt64.self), length: UInt64(bytes.count)))
        }
    }

    static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return [] }
            return [UInt8](unsafeUninitializedCapacity: ASCIIFold.room(source.count)) { target, count in
                count = target.baseAddress.map { ASCIIFold.lower.copy(base, source.count, to: $0) } ?? 0
            }
        }
    }
}
