/// The k nearest rows of many: a heap with the farthest on top.
struct BestHeap {
    private var entries: [Neighbor] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        entries.reserveCapacity(min(limit, 1024))
    }

    /// Rows farther away than this cannot get in any more.
    var threshold: Float { entries.count < limit ? .infinity : entries[0].distance }

    mutating func offer(_ neighbor: Neighbor) {
        if entries.count < limit {
            entries.append(neighbor)
            var child = entries.count - 1
            while child > 0, entries[(child - 1) / 2] < entries[child] {
                entries.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if neighbor < entries[0] {
            entries[0] = neighbor
            var parent = 0
            while true {
                var largest = parent
                for child in (2 * parent + 1)...(2 * parent + 2)
                where child < limit && entries[largest] < entries[child] {
                    largest = child
                }
                if largest == parent { return }
                entries.swapAt(parent, largest)
                parent = largest
            }
        }
    }

    /// All, nearest first.
    var sorted: [Neighbor] { entries.sorted() }
}
