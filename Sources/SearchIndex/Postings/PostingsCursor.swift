import CPostings

/// A walk over the documents of one term, ascending.
///
/// Belongs to one thread.
public final class PostingsCursor {
    /// The document the cursor stands on: -1 before the first, ``noMoreDocuments`` behind the last.
    public private(set) final var document = -1
    /// How many documents have the term; deleted ones count.
    public let count: Int

    /// The same for all cursors of one term in one segment.
    let identity: Int
    let data: SegmentData
    let indexing: FieldOptions.Indexing
    private let base: UnsafePointer<UInt8>
    private let kernels: UnsafePointer<cp_kernels>

    // Blocks. Whole ones first, then at most one unfinished.
    let blockCount: Int
    private let wholeBlocks: Int
    private let rest: Int
    /// Null for terms without whole blocks.
    let lastDocuments: UnsafePointer<UInt32>?
    private let blocksStart: Int

    // The block at hand.
    private(set) final var block = -1
    private(set) final var index = -1
    private(set) final var inBlock = 0
    let scratch: UnsafeMutablePointer<UInt32>
    final var documents: UnsafeMutablePointer<UInt32> { scratch }
    private final var frequenciesAreDecoded = true
    private final var frequencyBits = 0
    private final var frequencyStart = 0

    // Positions.
    let positions: PositionReader
    private let totalTermFrequency: Int
    final var sumIndex = 0
    final var sum = 0
    final var positionsDocument = -1

    init(_ data: SegmentData, _ entry: TermEntry, _ indexing: FieldOptions.Indexing) {
        self.data = data
        self.indexing = indexing
        base = data.base.assumingMemoryBound(to: UInt8.self)
        kernels = cp_kernels_best()
        scratch = .allocate(capacity: 128 * 2)
        totalTermFrequency = entry.statistics.totalTermFrequency
        identity = entry.offset << 1 | (entry.isInline ? 1 : 0)
        let count = entry.statistics.documentFrequency
        if entry.isInline {
            self.count = 1
            positions = PositionReader(data, entry, isSound: true)
            wholeBlocks = 0
            rest = 0
            blockCount = 1
            lastDocuments = nil
            blocksStart = 0
            scratch[0] = min(entry.document, UInt32(data.documentCount - 1))
            scratch[128] = UInt32(truncatingIfNeeded: entry.statistics.totalTermFrequency)
            block = 0
            inBlock = 1
            return
        }
        let whole = count / 128, rest = count % 128
        var start = entry.offset &+ entry.positionBytes
        var isSound = start >= 0 && start <= data.end && entry.offset >= 0
        let blocks = whole + (rest > 0 ? 1 : 0)
        var lasts: UnsafePointer<UInt32>?
        if whole > 0, isSound {
            start = (start + 3) & ~3
            let arrays = indexing == .positions ? 5 : 3
            let headEnd = start + 4 * (arrays * blocks + 1)
            isSound = headEnd <= data.end
            if isSound {
                let words = (data.base + start).assumingMemoryBound(to: UInt32.self)
                lasts = words
                start = headEnd + 4 * Int(words[3 * blocks])
                isSound = start <= data.end
            }
        }
        if !isSound { data.report("postings point outside of the file") }
        self.count = isSound ? count : 0
        wholeBlocks = isSound ? whole : 0
        self.rest = isSound ? rest : 0
        blockCount = isSound ? blocks : 0
        lastDocuments = isSound ? lasts : nil
        blocksStart = start
        positions = PositionReader(data, entry, isSound: isSound)
    }

    deinit { scratch.deallocate() }

    // MARK: Documents

    /// How often the term occurs in the current document; 1 where frequencies are not kept.
    public var frequency: Int {
        // Never more than the whole term has, whatever a damaged file says.
        min(Int(frequencies[index]), totalTermFrequency)
    }

    /// The frequencies of the block at hand.
    @inline(__always)
    final var frequencies: UnsafeMutablePointer<UInt32> {
        if !frequenciesAreDecoded { decodeFrequencies() }
        return scratch + 128
    }

    /// Goes to the next document.
    @discardableResult
    public func next() -> Int {
        index &+= 1
        if index >= inBlock, !load(block &+ 1) { return noMoreDocuments }
        document = Int(documents[index])
        return document
    }

    /// Goes to the first document at or after the target, which must be after the current one.
    @discardableResult
    public func advance(to target: Int) -> Int {
        let wanted = UInt32(truncatingIfNeeded: target)
        if inBlock == 0 || documents[inBlock &- 1] < wanted {
            guard target < noMoreDocuments, load(self.block(of: target, from: block &+ 1)) else {
                return finish()
            }
        }
        // The next few are likely; then halve.
        var low = max(index, 0), high = inBlock
        while low < high {
            let middle = (low &+ high) >> 1
            if documents[middle] < wanted { low = middle &+ 1 } else { high = middle }
        }
        index = low
        if low == inBlock {
            // Only where the last document of a block is wrong.
            return next()
        }
        document = Int(documents[low])
        return document
    }

    @inline(never)
    private func finish() -> Int {
        block = blockCount
        inBlock = 0
        index = 0
        document = noMoreDocuments
        return document
    }

    /// The first block at or after a given one that may hold the target.
    final func block(of target: Int, from first: Int) -> Int {
        guard let lastDocuments else { return first }
        return cp_lower_bound(lastDocuments, first, blockCount, UInt32(truncatingIfNeeded: target))
    }

    /// Makes a block the one at hand, before its first document.
    ///
    /// False behind the last.
    @inline(never)
    final func load(_ wanted: Int) -> Bool {
        guard wanted < blockCount else {
            _ = finish()
            return false
        }
        let before = wanted > 0 ? lastDocuments.map { $0[wanted - 1] } ?? .max : .max
        var offset = blocksStart
        if let lastDocuments { offset += Int(lastDocuments[blockCount + wanted]) }
        block = wanted
        index = 0
        sumIndex = 0
        sum = 0
        let isSound = wanted < wholeBlocks ? loadWhole(offset, before) : loadRest(offset, before)
        if !isSound {
            data.report("a block of postings is damaged")
            return finish() != noMoreDocuments
        }
        return true
    }

    private func loadWhole(_ offset: Int, _ before: UInt32) -> Bool {
        guard offset + 2 <= data.end else { return false }
        let documentBits = UInt32(base[offset]), frequencyBits = Int(base[offset + 1])
        guard documentBits <= 32, frequencyBits <= 32 else { return false }
        frequencyStart = offset + 2 + 16 * Int(documentBits)
        self.frequencyBits = frequencyBits
        guard frequencyStart + 16 * frequencyBits <= data.end else { return false }
        kernels.pointee.unpack_ascending(base + offset + 2, documentBits, before, scratch)
        frequenciesAreDecoded = false
        inBlock = 128
        guard scratch[127] < UInt32(data.documentCount) else { return false }
        if documentBits > 23 {
            // Sums of so wide differences might have wrapped around.
            for i in 1..<128 where scratch[i] <= scratch[i - 1] { return false }
        }
        return scratch[0] <= scratch[127]
    }

    /// How often the term occurs in some documents of the block at hand.
    ///
    /// - Parameter places: where the documents stand in the block.
    @inline(__always)
    final func frequencies(
        at places: UnsafePointer<UInt32>, _ count: Int, into target: UnsafeMutablePointer<UInt32>
    ) {
        if !frequenciesAreDecoded {
            if count <= 8 {
                let packed = base + frequencyStart
                for i in 0..<count { target[i] = cp_unpack_at(packed, UInt32(frequencyBits), places[i]) &+ 1 }
                return
            }
            decodeFrequencies()
        }
        let frequencies = scratch + 128
        for i in 0..<count { target[i] = frequencies[Int(places[i])] }
    }

    private func decodeFrequencies() {
        frequenciesAreDecoded = true
        let frequencies = scratch + 128
        kernels.pointee.unpack(base + frequencyStart, UInt32(frequencyBits), frequencies)
        for i in 0..<128 { frequencies[i] &+= 1 }
    }

    private func loadRest(_ offset: Int, _ before: UInt32) -> Bool {
        frequenciesAreDecoded = true
        guard offset <= data.end else { return false }
        var reader = ByteReader(data.base, offset..<data.end)
        var document = before
        let limit = UInt32(data.documentCount)
        let frequencies = scratch + 128
        for i in 0..<rest {
            let code = reader.variable()
            let gap: UInt64
            if indexing < .frequencies {
                gap = code
                frequencies[i] = 1
            } else {
                gap = code >> 1
                frequencies[i] = code & 1 != 0 ? 1 : reader.variable32()
            }
            guard gap < UInt64(limit) else { return false }
            let next = document &+ UInt32(truncatingIfNeeded: gap) &+ 1
            guard next < limit, i == 0 && document == .max || next > document else { return false }
            document = next
            scratch[i] = document
        }
        inBlock = rest
        return !reader.hasFailed
    }

    /// Stands on a document, forwards or backwards.
    ///
    /// False when it does not have the term.
    final func stand(on target: Int) -> Bool {
        guard seekBlock(target) else { return false }
        var wanted = UInt32(truncatingIfNeeded: target), ignored: UInt32 = 0, place: UInt32 = 0
        guard kernels.pointee.intersect(1, &wanted, inBlock, documents, &ignored, &place) > 0 else { return false }
        index = Int(place)
        if index < sumIndex {
            sumIndex = 0
            sum = 0
        }
        document = target
        positionsDocument = -1
        return true
    }

    /// Makes the block that may hold the target the one at hand, forwards or backwards.
    ///
    /// False when there is none.
    final func seekBlock(_ target: Int) -> Bool {
        guard let lastDocuments else { return block == 0 || load(0) }
        if block >= 0, block < blockCount, Int(lastDocuments[block]) >= target {
            if block == 0 || Int(lastDocuments[block - 1]) < target { return true }
            return load(self.block(of: target, from: 0))
        }
        return load(self.block(of: target, from: block < blockCount ? max(0, block + 1) : 0))
    }
}
