/// The tokens of a vocabulary: their bytes, their ids, and a hash table from bytes to id.
///
/// Immutable after construction. Looking up takes bytes, so that a model need not make strings. Slots are probed
/// linearly; the table is at most half full. The hash is seeded per process, so that a vocabulary cannot be made to
/// collide on purpose.
package struct TokenTable: Sendable {
    /// All tokens, back to back.
    private var bytes: [UInt8] = []
    /// Where token `index` begins in `bytes`; one more entry at the end.
    private var starts: [Int32] = [0]
    /// The id of token `index`.
    private var ids: [Int32] = []
    /// Token index per slot, -1 for a free one.
    private var slots: [Int32]
    private let mask: Int
    /// Token index per id.
    ///
    /// -1 for ids without a token. Empty if ids are far apart.
    private var indexOfID: [Int32] = []
    /// The same for ids that are far apart.
    private var indexOfSparseID: [Int32: Int32] = [:]

    /// The largest id; -1 for an empty table.
    package private(set) var largestID: Int32 = -1

    /// The number of different tokens.
    package var count: Int { ids.count }

    /// Builds the table.
    ///
    /// A token that comes twice keeps its last id; of two tokens with one id, the last is what the
    /// id stands for. Nil if the tokens have more than 2^31 bytes in total. Ids are not negative.
    package init?(_ tokens: some Collection<(token: String, id: Int32)>) {
        var capacity = 16
        while capacity < tokens.count * 2 { capacity *= 2 }
        slots = Array(repeating: -1, count: capacity)
        mask = capacity - 1
        ids.reserveCapacity(tokens.count)
        starts.reserveCapacity(tokens.count + 1)
        var maximum = -1
        for var entry in tokens {
            let fits = entry.token.withUTF8 { token in
                guard bytes.count + token.count <= Int32.max else { return false }
                let slot = slot(of: token)
                if slots[slot] >= 0 {
                    ids[Int(slots[slot])] = entry.id
                } else {
                    slots[slot] = Int32(ids.count)
                    bytes.append(contentsOf: token)
                    starts.append(Int32(bytes.count))
                    ids.append(entry.id)
                }
                return true
            }
            guard fits else { return nil }
            maximum = max(maximum, Int(entry.id))
        }
        largestID = Int32(maximum)
        if maximum < ids.count * 4 + 1024 {
            indexOfID = Array(repeating: -1, count: maximum + 1)
            for (index, id) in ids.enumerated() { indexOfID[Int(id)] = Int32(index) }
        } else {
            for (index, id) in ids.enumerated() { indexOfSparseID[id] = Int32(index) }
        }
    }

    /// The id of a token; -1 if there is none.
    ///
    /// - Complexity: O(token length)
    @inline(__always)
    package func id(of token: UnsafeBufferPointer<UInt8>) -> Int32 {
        let index = slots[slot(of: token)]
        return index < 0 ? -1 : ids[Int(index)]
    }

    /// The id of a token; nil if there is none.
    package func id(of token: String) -> Int32? {
        var token = token
        let found = token.withUTF8 { id(of: $0) as Int32 }
        return found < 0 ? nil : found
    }

    /// The token with an id; nil if there is none.
    package func token(of id: Int32) -> String? {
        guard let index = index(of: id) else { return nil }
        return String(decoding: bytes[Int(starts[index])..<Int(starts[index + 1])], as: UTF8.self)
    }

    /// The bytes and the id of every token, in no particular order.
    package func forEach(_ body: (UnsafeBufferPointer<UInt8>, Int32) -> Void) {
        bytes.withUnsafeBufferPointer { bytes in
            for index in ids.indices {
                body(UnsafeBufferPointer(rebasing: bytes[Int(starts[index])..<Int(starts[index + 1])]), ids[index])
            }
        }
    }

    private func index(of id: Int32) -> Int? {
        if indexOfID.isEmpty { return indexOfSparseID[id].map(Int.init) }
        guard id >= 0, Int(id) < indexOfID.count, indexOfID[Int(id)] >= 0 else { return nil }
        return Int(indexOfID[Int(id)])
    }

    /// The slot of `token`, or the free one where it would go.
    @inline(__always)
    private func slot(of token: UnsafeBufferPointer<UInt8>) -> Int {
        var slot = Int(truncatingIfNeeded: TokenHash.hash(token)) & mask
        while true {
            let index = Int(slots[slot])
            if index < 0 { return slot }
            let start = Int(starts[index])
            if Int(starts[index + 1]) - start == token.count, equal(start, token) { return slot }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private func equal(_ start: Int, _ token: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            for index in 0..<token.count where bytes[start + index] != token[index] { return false }
            return true
        }
    }
}

/// A fast hash of short byte strings, seeded once per process.
package enum TokenHash {
    private static let seed = UInt64.random(in: .min ... .max)

    /// Mixes eight bytes at a time by a 64 x 64 -> 128 bit multiplication, as wyhash does.
    @inline(__always)
    package static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        var index = 0
        while index + 8 <= bytes.count {
            let word = UnsafeRawPointer(bytes.baseAddress!).loadUnaligned(fromByteOffset: index, as: UInt64.self)
            state = mix(state ^ word)
            index += 8
        }
        var tail: UInt64 = 0
        while index < bytes.count {
            tail = tail << 8 | UInt64(bytes[index])
            index += 1
        }
        return mix(state ^ tail)
    }

    /// The hash of a pair of ids.
    @inline(__always)
    package static func hash(_ pair: UInt64) -> UInt64 { mix(seed ^ pair) }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}
