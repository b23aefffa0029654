/// Candidate merges, the lowest rank first, of one rank the leftmost first: a binary heap in a borrowed buffer.
struct MergeHeap {
    /// Rank in the high half, position in the low half.
    private var entries: [Int64]

    /// Takes a buffer over, so that its memory is used again.
    init(taking buffer: inout [Int64]) {
        entries = []
        swap(&entries, &buffer)
        entries.removeAll(keepingCapacity: true)
    }

    /// Returns the buffer; the heap is empty afterwards.
    mutating func giveBack(to buffer: inout [Int64]) {
        swap(&entries, &buffer)
        entries = []
    }

    /// Adds an entry without keeping the order.
    ///
    /// Call `order()` before `pop()`. `noRank` is not added.
    mutating func appendUnordered(_ rank: Int32, _ position: Int) {
        if rank != MergeTable.noRank { entries.append(Int64(rank) << 32 | Int64(position)) }
    }

    /// Makes a heap of what was appended, in linear time.
    mutating func order() {
        var index = entries.count / 2
        while index > 0 {
            index -= 1
            siftDown(index)
        }
    }

    /// Adds an entry; `noRank` is not added.
    mutating func push(_ rank: Int32, _ position: Int) {
        guard rank != MergeTable.noRank else { return }
        entries.append(Int64(rank) << 32 | Int64(position))
        var index = entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard entries[index] < entries[parent] else { break }
            entries.swapAt(index, parent)
            index = parent
        }
    }

    /// Removes the first entry.
    mutating func pop() -> (rank: Int32, position: Int)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            siftDown(0)
        }
        return (Int32(truncatingIfNeeded: first >> 32), Int(first & 0xFFFF_FFFF))
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { return }
            if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
            guard entries[child] < entries[index] else { return }
            entries.swapAt(index, child)
            index = child
        }
    }
}
