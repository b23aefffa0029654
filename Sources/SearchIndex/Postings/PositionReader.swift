import CPostings

/// Reads the positions of one term: runs of numbers that are counted over all of its documents (see ``PostingsWriter``).
final class PositionReader {
    private let data: SegmentData
    private let base: UnsafePointer<UInt8>
    private let kernels: UnsafePointer<cp_kernels>
    private let start: Int
    private let end: Int
    /// How many positions there are.
    private let count: Int
    /// The block at hand, made when first needed.
    private var differences: UnsafeMutablePointer<UInt32>?
    private var block = -1
    private var nextBlockOffset = 0
    private var nextOrdinal = 0
    private var lastPosition: UInt32 = 0
    /// Where the walk to the next position's block may begin.
    private var from = 0
    private var fromOffset = 0

    /// - Parameter isSound: false makes a reader of no positions.
    init(_ data: SegmentData, _ entry: TermEntry, isSound: Bool) {
        self.data = data
        base = data.base.assumingMemoryBound(to: UInt8.self)
        kernels = cp_kernels_best()
        start = entry.offset
        end = isSound ? entry.offset + entry.positionBytes : entry.offset
        count = entry.statistics.totalTermFrequency
    }

    deinit { differences?.deallocate() }

    /// Stands before a position, the first of its document.
    ///
    /// - Parameters:
    ///   - ordinal: how many positions come before it.
    ///   - known: an ordinal at or before it.
    ///   - offset: where, counted from the first position, the block of the known one begins.
    func seek(_ ordinal: Int, from known: Int, at offset: Int) {
        nextOrdinal = ordinal
        lastPosition = 0
        from = known
        fromOffset = offset
    }

    /// The next position of the document.
    func next() -> UInt32 {
        let differences = block(of: nextOrdinal)
        lastPosition &+= differences[nextOrdinal & 127]
        nextOrdinal &+= 1
        return lastPosition
    }

    /// The next so many positions, each less by a number.
    func read(_ wanted: Int, lessBy offset: Int32, into target: PositionList) {
        var left = wanted
        while left > 0 {
            let differences = block(of: nextOrdinal)
            let index = nextOrdinal & 127
            let taken = min(left, 128 &- index)
            var position = Int32(bitPattern: lastPosition)
            let output = target.end
            for i in 0..<taken {
                position &+= Int32(bitPattern: differences[index &+ i])
                output[i] = position &- offset
            }
            lastPosition = UInt32(bitPattern: position)
            target.count &+= taken
            nextOrdinal &+= taken
            left &-= taken
        }
    }

    @inline(__always)
    private func block(of ordinal: Int) -> UnsafeMutablePointer<UInt32> {
        if ordinal >> 7 != block { load(ordinal >> 7) }
        return differences!
    }

    @inline(never)
    private func load(_ wanted: Int) {
        let differences = self.differences ?? .allocate(capacity: 128)
        self.differences = differences
        // From the block at hand, or from the known one, whichever is nearer.
        var at = block
        var offset = nextBlockOffset
        let known = from >> 7
        if at < 0 || at >= wanted || known > at {
            at = known - 1
            offset = start + fromOffset
        }
        let wholeBlocks = count >> 7
        while at < wanted {
            at += 1
            if at < wholeBlocks {
                guard offset < end, base[offset] <= 32 else { return damaged(wanted) }
                nextBlockOffset = offset + 1 + 16 * Int(base[offset])
                guard nextBlockOffset <= end else { return damaged(wanted) }
                if at == wanted { kernels.pointee.unpack(base + offset + 1, UInt32(base[offset]), differences) }
                offset = nextBlockOffset
            } else {
                guard at == wanted, offset <= end, end <= data.count else { return damaged(wanted) }
                var reader = ByteReader(data.base, offset..<end)
                for i in 0..<(count & 127) { differences[i] = reader.variable32() }
                if reader.hasFailed { return damaged(wanted) }
            }
        }
        block = wanted
    }

    private func damaged(_ wanted: Int) {
        data.report("positions are damaged")
        differences!.initialize(repeating: 0, count: 128)
        block = wanted
        nextBlockOffset = end
    }
}
