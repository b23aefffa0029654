/// The nearest rows seen so far, nearest first, and which of them were not looked around from yet.
///
/// An array that is kept in order: for the few hundred entries of a graph search shorter than any heap. Copies share their
/// memory: one at a time is used, and one frees it.
struct NearestList {
    private var entries: UnsafeMutablePointer<UInt64>
    private var allocated: Int
    private(set) var count = 0
    private(set) var limit = 0
    /// The first entry that was not visited.
    private var next = 0

    /// The lowest bit of an entry says that it was visited; rows are 31 bits.
    private static let visited: UInt64 = 1

    init() {
        allocated = 128
        entries = .allocate(capacity: allocated)
    }

    func deallocate() { entries.deallocate() }

    /// Empties the list.
    mutating func reset(limit: Int) {
        if limit + 1 > allocated {
            entries.deallocate()
            allocated = limit + 1
            entries = .allocate(capacity: allocated)
        }
        self.limit = limit
        count = 0
        next = 0
    }

    /// The entry at a place: nearest first.
    @inline(__always)
    func neighbor(at index: Int) -> Neighbor {
        let entry = entries[index]
        var result = Neighbor(distance: 0, row: 0)
        result.key = entry & 0xffff_ffff_0000_0000 | (entry & 0xffff_ffff) >> 1
        return result
    }

    /// Adds a row that is not in the list, if it is near enough.
    @inline(__always)
    mutating func offer(_ neighbor: Neighbor) {
        let entry = neighbor.key & 0xffff_ffff_0000_0000 | (neighbor.key & 0x7fff_ffff) << 1
        if count == limit {
            if entry >= entries[count - 1] { return }
            count -= 1
        }
        var low = 0, high = count
        while low < high {
            let middle = (low + high) >> 1
            if entries[middle] < entry { low = middle + 1 } else { high = middle }
        }
        (entries + low + 1).update(from: entries + low, count: count - low)
        entries[low] = entry
        count += 1
        if low < next { next = low }
    }

    /// The nearest row that was not visited, which then is; `nil` when all were.
    @inline(__always)
    mutating func visitNext() -> UInt32? {
        guard next < count else { return nil }
        let entry = entries[next]
        entries[next] = entry | Self.visited
        next += 1
        while next < count, entries[next] & Self.visited != 0 { next += 1 }
        return UInt32(truncatingIfNeeded: entry) >> 1
    }

    /// The row that ``visitNext()`` would give, if nothing nearer comes.
    @inline(__always)
    var upcoming: UInt32? { next < count ? UInt32(truncatingIfNeeded: entries[next]) >> 1 : nil }
}
