/// Positions in one document, ascending.
///
/// Belongs to one thread; the memory is used again for document after document.
final class PositionList {
    private(set) var values: UnsafeMutablePointer<Int32>
    private var capacity = 64
    /// How many there are.
    var count = 0

    init() { values = .allocate(capacity: capacity) }

    deinit { values.deallocate() }

    /// Where the next position goes.
    @inline(__always)
    var end: UnsafeMutablePointer<Int32> { values + count }

    /// Forgets all, and makes room for so many.
    @inline(__always)
    func removeAll(reserving wanted: Int) {
        count = 0
        if wanted > capacity { grow(wanted) }
    }

    @inline(never)
    private func grow(_ wanted: Int) {
        values.deallocate()
        capacity = 2 * wanted
        values = .allocate(capacity: capacity)
    }

    /// Keeps the positions that another list has, too.
    func formIntersection(_ other: PositionList) {
        let others = other.values, otherCount = other.count
        var kept = 0, at = 0
        for i in 0..<count {
            let value = values[i]
            while at < otherCount, others[at] < value { at &+= 1 }
            if at == otherCount { break }
            values[kept] = value
            if others[at] == value { kept &+= 1 }
        }
        count = kept
    }
}
