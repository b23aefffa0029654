/// A hash table from ids, as the bytes that they are, to sequence numbers.
///
/// The bytes of all ids lie in one array and the entries in another, so that an entry costs no allocation and no reference counting.
struct KeyTable: Sendable {
    struct Entry: Sendable {
        let hash: UInt64
        let start: Int
        let count: Int
        var seqNo: Int64
    }

    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Places in `entries`, -1 for a free slot; a power of two, at most half in use.
    ///
    /// Probed linearly.
    private var slots: [Int32] = []

    /// How many ids there are.
    var count: Int { entries.count }

    /// The hash of an id, to look it up in several tables.
    static func hash(_ id: UnsafeRawBufferPointer) -> UInt64 {
        var checksum = RowChecksum(seqNo: seed, primaryTerm: 0, version: 0)
        checksum.add(id)
        return UInt64(bitPattern: checksum.value)
    }

    /// Another one in every process, so that nobody can choose ids that collide.
    private static let seed = Int64.random(in: .min ... .max)

    /// The number of an id.
    func seqNo(of id: UnsafeRawBufferPointer, hash: UInt64) -> Int64? {
        guard !slots.isEmpty else { return nil }
        let place = slots[slot(id, hash)]
        return place < 0 ? nil : entries[Int(place)].seqNo
    }

    /// Sets the number of an id.
    mutating func set(_ id: UnsafeRawBufferPointer, hash: UInt64, to seqNo: Int64) {
        if (entries.count + 1) * 2 > slots.count { grow() }
        let slot = slot(id, hash)
        if slots[slot] >= 0 {
            entries[Int(slots[slot])].seqNo = seqNo
        } else {
            slots[slot] = Int32(truncatingIfNeeded: entries.count)
            entries.append(Entry(hash: hash, start: bytes.count, count: id.count, seqNo: seqNo))
            bytes.append(contentsOf: id)
        }
    }

    /// Takes in what is in another table.
    mutating func merge(_ other: KeyTable) {
        other.bytes.withUnsafeBytes { bytes in
            for entry in other.entries {
                set(
                    UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count]), hash: entry.hash,
                    to: entry.seqNo)
            }
        }
    }

    /// Forgets all ids and keeps the memory.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = -1 }
    }

    /// Goes through the ids in the order of their bytes.
    ///
    /// O(n log n).
    func forEachSorted<Failure: Error>(
        _ body: (UnsafeRawBufferPointer, Int64) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            let bytes = UnsafeRawBufferPointer(buffer)
            // The first eight bytes decide nearly always; only then is the rest looked at.
            var order = entries.indices.map { place -> (prefix: UInt64, place: Int32) in
                let entry = entries[place]
                var prefix: UInt64 = 0
                for at in 0..<8 { prefix = prefix &<< 8 | (at < entry.count ? UInt64(bytes[entry.start + at]) : 0) }
                return (prefix, Int32(place))
            }
            entries.withUnsafeBufferPointer { entries in
                order.sort { left, right in
                    if left.prefix != right.prefix { return left.prefix < right.prefix }
                    let (a, b) = (entries[Int(left.place)], entries[Int(right.place)])
                    return bytes[a.start..<a.start + a.count].lexicographicallyPrecedes(
                        bytes[b.start..<b.start + b.count])
                }
            }
            for (_, place) in order {
                let entry = entries[Int(place)]
                try body(UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count]), entry.seqNo)
            }
        }
    }

    /// The slot of an id, or the free one where it belongs.
    private func slot(_ id: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, entry.count == id.count, holds(id, at: entry.start) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func holds(_ id: UnsafeRawBufferPointer, at start: Int) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var at = 0
            while at < id.count, bytes[start &+ at] == id[at] { at &+= 1 }
            return at == id.count
        }
    }

    private mutating func grow() {
        let capacity = Swift.max(1_024, slots.count * 2)
        slots = [Int32](repeating: -1, count: capacity)
        for (place, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (capacity - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = Int32(place)
        }
    }
}

extension String {
    /// Gives the text's UTF-8, without a copy where possible.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var copy = self
        return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
