import SearchIndex

/// One aggregation at work.
///
/// It keeps its state for any number of buckets of the aggregation around it, by the bucket's number, and gives
/// numbers to its own buckets.
class Aggregator {
    let children: [Aggregator]

    init(children: [Aggregator] = []) { self.children = children }

    /// Begins a segment.
    func begin(_ segment: Segment) throws {
        for child in children { try child.begin(segment) }
    }

    /// Takes a document of the segment for a bucket of the aggregation around.
    func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {}

    /// What was found for a bucket of the aggregation around; an empty result for one that has no documents.
    func result(_ bucket: Int) throws -> PartialAggregation { .none }

    @inline(__always)
    final func collectChildren(_ document: Int, _ score: Float, _ bucket: Int) throws {
        for child in children { try child.collect(document, score, bucket) }
    }

    final func childResults(_ bucket: Int) throws -> [PartialAggregation] {
        try children.map { try $0.result(bucket) }
    }
}

/// State by bucket that grows as buckets come.
struct BucketArray<Element> {
    private(set) var elements: [Element] = []
    private let empty: Element

    init(_ empty: Element) { self.empty = empty }

    subscript(bucket: Int) -> Element {
        @inline(__always) get { bucket < elements.count ? elements[bucket] : empty }
        @inline(__always) _modify {
            if bucket >= elements.count { grow(to: bucket + 1) }
            yield &elements[bucket]
        }
    }

    @inline(never)
    private mutating func grow(to count: Int) {
        elements.reserveCapacity(max(count, elements.count * 2))
        while elements.count < count { elements.append(empty) }
    }
}

/// Numbers for pairs of a bucket around and a key, in the order in which they come.
///
/// Open addressing, at most half full.
struct BucketTable {
    private(set) var owners: [Int32] = []
    private(set) var keys: [Int64] = []
    private var slots = [Int32](repeating: 0, count: 64)

    var count: Int { keys.count }

    /// The number of a pair, new or known.
    @inline(__always)
    mutating func bucket(_ owner: Int, _ key: Int64) -> Int {
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
        slots[slot] = Int32(truncatingIfNeeded: entry + 1)
        if keys.count * 2 > slots.count {
            var wider = [Int32](repeating: 0, count: slots.count * 2)
            for entry in keys.indices {
                var slot = Self.hash(Int(owners[entry]), keys[entry]) & (wider.count - 1)
                while wider[slot] != 0 { slot = (slot + 1) & (wider.count - 1) }
                wider[slot] = Int32(truncatingIfNeeded: entry + 1)
            }
            slots = wider
        }
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
