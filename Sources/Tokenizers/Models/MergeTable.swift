/// The merges of a byte-pair encoding: from a pair of neighbouring ids to its rank and to the id of the merged token.
///
/// A hash table with linear probing, at most half full.
struct MergeTable: Sendable {
    /// Left id in the high half, right id in the low half; all ones for a free slot (ids are not negative).
    private var keys: [UInt64]
    /// Rank in the high half, merged id in the low half.
    private var values: [UInt64]
    private let mask: Int
    /// The merged id of each rank.
    private(set) var mergedIDs: [Int32] = []

    private static let free = UInt64.max

    init(capacity count: Int) {
        var capacity = 16
        while capacity < count * 2 { capacity *= 2 }
        keys = Array(repeating: Self.free, count: capacity)
        values = Array(repeating: 0, count: capacity)
        mask = capacity - 1
        mergedIDs.reserveCapacity(count)
    }

    /// Adds the merge of the next rank; a pair that was there already takes the new rank.
    mutating func append(_ left: Int32, _ right: Int32, merged: Int32) {
        let key = Self.key(left, right)
        let slot = slot(of: key)
        keys[slot] = key
        values[slot] = UInt64(mergedIDs.count) << 32 | UInt64(UInt32(bitPattern: merged))
        mergedIDs.append(merged)
    }

    /// The rank of a pair, `noRank` if it does not merge.
    @inline(__always)
    func rank(_ left: Int32, _ right: Int32) -> Int32 {
        let key = Self.key(left, right)
        let slot = slot(of: key)
        return keys[slot] == Self.free ? Self.noRank : Int32(truncatingIfNeeded: values[slot] >> 32)
    }

    /// Greater than every rank.
    static let noRank = Int32.max

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: TokenHash.hash(key)) & mask
        while keys[slot] != key, keys[slot] != Self.free { slot = (slot + 1) & mask }
        return slot
    }
}
