import IndexFiles

/// The integers of one field in one segment, by document (layout: ``IntegerColumnWriter``).
public final class IntegerColumn: @unchecked Sendable {
    private let data: SegmentData
    private let documentCount: Int
    private let valueCount: Int
    private let form: Int
    private let bits: UnsafePointer<UInt64>
    private let ranks: UnsafePointer<UInt32>
    private let starts: UnsafePointer<UInt32>
    private let blocks: UnsafePointer<Int64>
    private let packed: UnsafeRawPointer
    private let packedCount: Int
    /// How many documents have a value.
    public let documentsWithValue: Int

    /// - Throws: ``IndexFileError/corrupt(file:reason:)`` when the parts do not fit.
    init(data: SegmentData, range: Range<Int>) throws(IndexFileError) {
        self.data = data
        documentCount = data.documentCount
        func damaged(_ reason: String) -> IndexFileError {
            .corrupt(file: data.file.path, reason: "a column \(reason)")
        }
        guard range.lowerBound % 8 == 0, range.count >= 40 else { throw damaged("is too short") }
        let base = data.base + range.lowerBound
        let words = base.assumingMemoryBound(to: UInt64.self)
        guard words[0] <= UInt64(UInt32.max), words[1] <= UInt64(documentCount), words[1] <= words[0],
            (1...3).contains(words[2]), words[2] != 1 || words[1] == UInt64(documentCount),
            words[2] == 3 || words[0] == words[1]
        else { throw damaged("has wrong counts") }
        valueCount = Int(words[0])
        documentsWithValue = Int(words[1])
        form = Int(words[2])
        var offset = 40
        bits = UnsafeRawPointer(base + offset).assumingMemoryBound(to: UInt64.self)
        let wordCount = (documentCount + 63) / 64
        if form > 1 { offset += 8 * wordCount }
        ranks = UnsafeRawPointer(base + min(offset, range.count)).assumingMemoryBound(to: UInt32.self)
        if form > 1 { offset += (4 * ((wordCount + 7) / 8) + 7) & ~7 }
        starts = UnsafeRawPointer(base + min(offset, range.count)).assumingMemoryBound(to: UInt32.self)
        if form == 3 { offset += (4 * (documentsWithValue + 1) + 7) & ~7 }
        let blockCount = (valueCount + 255) / 256
        blocks = UnsafeRawPointer(base + min(offset, range.count)).assumingMemoryBound(to: Int64.self)
        offset += 32 * blockCount
        guard offset <= range.count else { throw damaged("is too short") }
        packed = base + offset
        packedCount = range.count - offset
        for block in 0..<blockCount {
            let start = blocks[4 * block + 2], width = blocks[4 * block + 3]
            let count = min(256, valueCount - 256 * block)
            guard (0...56).contains(width) || width == 64, start >= 0, start <= packedCount,
                start + (Int64(count) * width + 7) / 8 <= packedCount
            else { throw damaged("has a block outside of it") }
        }
    }

    /// The smallest and the largest value, `nil` when there are none.
    public var bounds: ClosedRange<Int64>? {
        guard valueCount > 0 else { return nil }
        var low = blocks[0], high = blocks[1]
        for block in 1..<max(1, (valueCount + 255) / 256) {
            low = min(low, blocks[4 * block])
            high = max(high, blocks[4 * block + 1])
        }
        return low <= high ? low...high : nil
    }

    /// Whether no document has more than one value.
    public var isSingleValued: Bool { form < 3 }

    /// How many values there are altogether.
    public var totalCount: Int { valueCount }

    @inline(__always)
    private func rank(of document: Int) -> Int {
        precondition(document >= 0 && document < documentCount)
        if form == 1 { return document }
        let word = document >> 6
        guard bits[word] >> UInt64(document & 63) & 1 != 0 else { return -1 }
        var rank = Int(ranks[word >> 3])
        for i in (word & ~7)..<word { rank &+= bits[i].nonzeroBitCount }
        let below = (1 as UInt64) << UInt64(document & 63) &- 1
        return rank &+ (bits[word] & below).nonzeroBitCount
    }

    @inline(__always)
    private func valueRange(of document: Int) -> Range<Int> {
        let rank = rank(of: document)
        guard rank >= 0, rank < documentsWithValue else { return 0..<0 }
        if form < 3 { return rank..<rank + 1 }
        let start = Int(starts[rank]), end = Int(starts[rank + 1])
        guard start <= end, end <= valueCount else {
            data.report("a column's values point outside of it")
            return 0..<0
        }
        return start..<end
    }

    @inline(__always)
    private func value(at index: Int) -> Int64 {
        let block = index >> 8
        let low = blocks[4 * block], width = blocks[4 * block + 3]
        if width == 0 { return low }
        let start = packed + Int(blocks[4 * block + 2])
        let bit = (index & 255) * Int(width)
        let window = (start + bit >> 3).loadUnaligned(as: UInt64.self)
        let mask = width == 64 ? .max : (1 as UInt64) << UInt64(width) &- 1
        let value = low &+ Int64(bitPattern: window >> UInt64(bit & 7) & mask)
        // Within the block's bounds, whatever a damaged file says: ordinals index arrays.
        return max(low, min(value, blocks[4 * block + 1]))
    }

    /// How many values the document has.
    public func count(of document: Int) -> Int { valueRange(of: document).count }

    /// A value of the document.
    ///
    /// They ascend; the index must be below ``count(of:)``.
    public func value(_ index: Int, of document: Int) -> Int64 {
        let range = valueRange(of: document)
        precondition(index >= 0 && index < range.count)
        return value(at: range.lowerBound + index)
    }

    /// The smallest value of the document, `nil` when it has none.
    public func first(of document: Int) -> Int64? {
        let range = valueRange(of: document)
        return range.isEmpty ? nil : value(at: range.lowerBound)
    }

    /// The largest value of the document, `nil` when it has none.
    public func last(of document: Int) -> Int64? {
        let range = valueRange(of: document)
        return range.isEmpty ? nil : value(at: range.upperBound - 1)
    }

    /// Calls the body with each value of the document, ascending.
    @inline(__always)
    public func forEach(of document: Int, _ body: (Int64) -> Void) {
        for i in valueRange(of: document) { body(value(at: i)) }
    }

    /// The first document at or after the given one that has a value, or ``noMoreDocuments``.
    public func next(from document: Int) -> Int {
        guard document < documentCount else { return noMoreDocuments }
        if form == 1 { return document }
        var word = document >> 6
        var found = bits[word] & (.max << UInt64(document & 63))
        while found == 0 {
            word += 1
            guard word < (documentCount + 63) / 64 else { return noMoreDocuments }
            found = bits[word]
        }
        let next = word << 6 | found.trailingZeroBitCount
        return next < documentCount ? next : noMoreDocuments
    }

    /// Adds all documents with a value in the range to the set.
    ///
    /// Blocks of values outside of the range are not read.
    public func collect(_ range: ClosedRange<Int64>, into set: inout DocumentSet) {
        if form == 1 {
            collectDense(range, into: &set)
            return
        }
        var document = next(from: 0)
        var index = 0
        var checkedBlock = -1, isDisjoint = false
        while document != noMoreDocuments {
            let values = form == 2 ? index..<index + 1 : valueRange(of: document)
            index += 1
            for i in values where i < valueCount {
                if i >> 8 != checkedBlock {
                    checkedBlock = i >> 8
                    isDisjoint =
                        blocks[4 * checkedBlock] > range.upperBound
                        || blocks[4 * checkedBlock + 1] < range.lowerBound
                }
                if !isDisjoint, range.contains(value(at: i)) {
                    set.insert(document)
                    break
                }
            }
            document = next(from: document + 1)
        }
    }

    private func collectDense(_ range: ClosedRange<Int64>, into set: inout DocumentSet) {
        var start = 0
        while start < valueCount {
            let end = min(start + 256, valueCount)
            let low = blocks[4 * (start >> 8)], high = blocks[4 * (start >> 8) + 1]
            if low >= range.lowerBound, high <= range.upperBound {
                for document in start..<end { set.insert(document) }
            } else if low <= range.upperBound, high >= range.lowerBound {
                for document in start..<end where range.contains(value(at: document)) { set.insert(document) }
            }
            start = end
        }
    }
}
