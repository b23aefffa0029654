import IndexFiles

/// The terms of one field in one segment, sorted by bytes.
public final class TermDictionary: Sendable {
    /// What is counted over the whole field.
    public let statistics: FieldStatistics
    /// What the field's postings hold.
    public let indexing: FieldOptions.Indexing
    /// How many terms there are.
    public let count: Int
    let data: SegmentData
    let blocks: Range<Int>
    private let index: Range<Int>
    let blockCount: Int

    /// - Throws: ``IndexFileError/corrupt(file:reason:)`` when the parts do not fit into each other.
    init(
        data: SegmentData, statistics: FieldStatistics, indexing: FieldOptions.Indexing, count: Int,
        blocks: Range<Int>, index: Range<Int>
    ) throws(IndexFileError) {
        self.data = data
        self.statistics = statistics
        self.indexing = indexing
        self.count = count
        self.blocks = blocks
        self.index = index
        blockCount = (count + DictionaryWriter.blockSize - 1) / DictionaryWriter.blockSize
        guard index.lowerBound % 8 == 0, index.count >= 16 * (blockCount + 1),
            blockStart(blockCount) == blocks.count, firstStart(blockCount) == index.count - 16 * (blockCount + 1)
        else {
            throw .corrupt(file: data.file.path, reason: "a term index does not fit its dictionary")
        }
    }

    /// Finds a term.
    ///
    /// Logarithmic in the number of terms.
    public func seek(_ term: [UInt8]) -> TermEntry? {
        term.withUnsafeBufferPointer { term in
            let block = lastBlock(notAfter: term)
            return block < 0 ? nil : seek(term, inBlock: block)
        }
    }

    /// The terms before the wanted one are not put together: how many bytes the last one shares with it decides.
    private func seek(_ wanted: UnsafeBufferPointer<UInt8>, inBlock block: Int) -> TermEntry? {
        var reader = ByteReader(data.base, self.block(block))
        let bytes = data.base.assumingMemoryBound(to: UInt8.self)
        var offsetBefore = 0, equal = 0
        for _ in 0..<min(DictionaryWriter.blockSize, count - block * DictionaryWriter.blockSize) {
            let shared = Int(reader.variable32()), length = Int(reader.variable32())
            guard let start = reader.skip(length), let entry = readEntry(&reader, &offsetBefore) else {
                data.report("a block of terms is damaged")
                return nil
            }
            // More shared with the term before than that shares with the wanted one: it comes before it as well.
            if shared > equal { continue }
            // It differs from the term before where that is still equal: it is behind the wanted one.
            if shared < equal { return nil }
            var at = 0
            while at < length, equal < wanted.count, bytes[start &+ at] == wanted[equal] {
                at &+= 1
                equal &+= 1
            }
            if at == length {
                if equal == wanted.count { return entry }
            } else if equal == wanted.count || bytes[start &+ at] > wanted[equal] {
                return nil
            }
        }
        return nil
    }

    /// Reads what stands behind a term; `nil` where that is damaged.
    ///
    /// - Parameter offsetBefore: where the postings of the term before begin.
    @inline(__always)
    func readEntry(_ reader: inout ByteReader, _ offsetBefore: inout Int) -> TermEntry? {
        let head = reader.variable()
        let documents = Int(truncatingIfNeeded: head >> 1)
        var entry = TermEntry()
        entry.statistics = TermStatistics(documentFrequency: documents, totalTermFrequency: documents)
        if head & 1 != 0 {
            entry.isInline = true
            entry.document = reader.variable32()
            if indexing >= .frequencies { entry.statistics.totalTermFrequency = Int(reader.variable32()) }
            if indexing == .positions {
                entry.positionBytes = Int(reader.variable32())
                guard let start = reader.skip(entry.positionBytes) else { return nil }
                entry.offset = start
            }
        } else {
            if indexing >= .frequencies {
                entry.statistics.totalTermFrequency &+= Int(truncatingIfNeeded: reader.variable())
            }
            offsetBefore &+= Int(truncatingIfNeeded: reader.variable())
            entry.offset = offsetBefore
            if indexing == .positions { entry.positionBytes = Int(reader.variable32()) }
        }
        let isSound =
            !reader.hasFailed && documents > 0 && documents <= data.documentCount
            && entry.statistics.totalTermFrequency >= documents
            && entry.statistics.totalTermFrequency <= statistics.sumTotalTermFrequency
        return isSound ? entry : nil
    }

    /// Walks over the terms.
    public func cursor() -> TermCursor { TermCursor(self) }

    /// The postings of a term.
    public func postings(_ entry: TermEntry) -> PostingsCursor {
        PostingsCursor(data, entry, indexing)
    }

    func blockStart(_ block: Int) -> Int {
        Int(truncatingIfNeeded: data.base.load(fromByteOffset: index.lowerBound + 8 * block, as: UInt64.self))
    }

    private func firstStart(_ block: Int) -> Int {
        Int(
            truncatingIfNeeded: data.base.load(
                fromByteOffset: index.lowerBound + 8 * (blockCount + 1 + block), as: UInt64.self))
    }

    /// The bytes of a block; empty where the index is damaged.
    func block(_ block: Int) -> Range<Int> {
        let start = blockStart(block), end = blockStart(block + 1)
        guard start >= 0, start <= end, end <= blocks.count else {
            data.report("a term index points outside of its dictionary")
            return blocks.lowerBound..<blocks.lowerBound
        }
        return blocks.lowerBound + start..<blocks.lowerBound + end
    }

    /// The last block whose first term is not behind the given one; -1 when there is none.
    func lastBlock(notAfter term: UnsafeBufferPointer<UInt8>) -> Int {
        var low = 0, high = blockCount
        let firsts = index.lowerBound + 16 * (blockCount + 1)
        let size = index.upperBound - firsts
        while low < high {
            let middle = (low + high) / 2
            let start = firstStart(middle), end = firstStart(middle + 1)
            guard start >= 0, start <= end, end <= size else {
                data.report("a term index points outside of its terms")
                return -1
            }
            let first = UnsafeBufferPointer(
                start: data.base.assumingMemoryBound(to: UInt8.self) + firsts + start, count: end - start)
            if compare(first, term) <= 0 { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}

/// Where a term's postings are, and how many.
public struct TermEntry: Sendable {
    /// How often the term occurs in the segment.
    public internal(set) var statistics = TermStatistics()
    /// Whether the only posting stands in the dictionary.
    var isInline = false
    var document: UInt32 = 0
    /// Where the positions begin in the file, and their length; of an inline posting, too.
    var offset = 0
    var positionBytes = 0
}

/// Orders two byte strings as `memcmp` does, the shorter one first where one begins the other.
@inline(__always)
func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    let count = min(a.count, b.count)
    var i = 0
    while i < count {
        if a[i] != b[i] { return a[i] < b[i] ? -1 : 1 }
        i &+= 1
    }
    return a.count - b.count
}
