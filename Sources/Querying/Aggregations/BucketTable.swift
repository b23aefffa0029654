/// Numbers for pairs of a bucket around and a key, in the order in which they come.
///
/// Open addressing, at most half full; small keys of the first bucket around, which is the only one of most aggregations, are looked up
/// directly.
struct BucketTable {
    private(set) var owners: [Int32] = []
    private(set) var keys: [Int64] = []
    private var slots: [Int32] = []
    /// The number plus one by key, for owner 0.
    private var direct: [Int32] = []

    private static let directLimit = 1 << 22

    var count: Int { keys.count }

    /// The number of a pair, new or known.
    @inline(__always)
    mutating func bucket(_ owner: Int, _ key: Int64) -> Int {
        if owner == 0, key >= 0, key < Int64(direct.count), case let entry = direct[Int(key)], entry > 0 {
            return Int(entry) - 1
        }
        return find(owner, key)
    }

    private mutating func find(_ owner: Int, _ key: Int64) -> Int {
        if slots.isEmpty { slots = [Int32](repeating: 0, count: 64) }
        var slot = Self.hash(owner, key) & (slots.count - 1)
        while true {
            let entry = Int(slots[slot]) - 1
            if entry < 0 { return insert(owner, key, slot) }
            if keys[entry] == key, owners[entry] == Int32(truncatingIfNeeded: owner) { return entry }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    @inline(never)
    private mutating func insert(_ owner: Int, _ key: Int64, _ slot: Int) -> Int {
        let entry = keys.count
        keys.append(key)
        owners.append(Int32(truncatingIfNeeded: owner))
        counts.append(0)
        slots[slot] = Int32(truncatingIfNeeded: entry + 1)
        if keys.count * 2 > slots.count { widen() }
        if owner == 0, key >= 0, key < Self.directLimit {
            if key >= direct.count {
                let count = max(Int(key) + 1, min(direct.count * 2, Self.directLimit))
                direct.append(contentsOf: repeatElement(0, count: count - direct.count))
            }
            direct[Int(key)] = Int32(truncatingIfNeeded: entry + 1)
        }
        return entry
    }

    private mutating func widen() {
        var wider = [Int32](repeating: 0, count: slots.count * 2)
        for entry in keys.indices {
            var slot = Self.hash(Int(owners[entry]), keys[entry]) & (wider.count - 1)
            while wider[slot] != 0 { slot = (slot + 1) & (wider.count - 1) }
            wider[slot] = Int32(truncatingIfNeeded: entry + 1)
        }
        slots = wider
    }

    /// How many documents each bucket has.
    private(set) var counts: [Int] = []

    /// Counts a document in the bucket of a pair; its number.
    @inline(__always)
    mutating func count(_ owner: Int, _ key: Int64) -> Int {
        let entry = bucket(owner, key)
        counts[entry] += 1
        return entry
    }

    /// The buckets of an owner: found by going through all, once for all owners.
    func bucketsByOwner() -> [Int: [Int]] {
        var result: [Int: [Int]] = [:]
        for entry in owners.indices { result[Int(owners[entry]), default: []].append(entry) }
        return result
    }

    @inline(__always)
    private static func hash(_ owner: Int, _ key: Int64) -> Int {
        var x = UInt64(bitPattern: key) &+ UInt64(truncatingIfNeeded: owner) &* 0x9E37_79B9_7F4A_7C15
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: (x ^ (x >> 31)) & 0x7FFF_FFFF)
    }
}
