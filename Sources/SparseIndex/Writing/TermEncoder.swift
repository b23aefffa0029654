import IndexFiles

/// Writes the postings of one term after the other.
struct TermEncoder {
    private let documentCount: Int
    private let words: Int
    private var blocks: [UInt64]
    private var ranks: [UInt32]
    private var masks: [UInt16] = []
    private var bounds: [UInt8] = []

    init(documentCount: Int) {
        self.documentCount = documentCount
        words = SparseFile.words(documents: documentCount)
        blocks = [UInt64](repeating: 0, count: words)
        ranks = [UInt32](repeating: 0, count: 2 * words)
    }

    /// Appends to the section of postings.
    ///
    /// - Parameters:
    ///   - documents: ascending, at least one.
    ///   - weights: bits, one a document.
    mutating func append(
        documents: UnsafeBufferPointer<UInt32>, weights: UnsafeBufferPointer<UInt16>, to file: SectionFileWriter
    ) throws(IndexFileError) -> SparseFile.TermRecord {
        try file.align(to: 8)
        var highest: UInt16 = 0, sum: UInt64 = 0
        for weight in weights {
            highest = max(highest, weight)
            sum += UInt64(weight)
        }
        var record = SparseFile.TermRecord(
            offset: UInt64(file.sectionCount), bitSum: sum, postingCount: UInt32(documents.count), blockCount: 0,
            highest: highest)
        guard SparseFile.usesBlocks(postings: documents.count, documents: documentCount) else {
            try file.append(UnsafeRawBufferPointer(documents))
            try file.append(UnsafeRawBufferPointer(weights))
            return record
        }
        makeBlocks(documents, weights, highest: FeatureWeight(bits: highest).value)
        record.blockCount = UInt32(masks.count)
        try file.append(array: blocks)
        try file.append(array: ranks)
        try file.append(UnsafeRawBufferPointer(weights))
        try file.append(array: masks)
        try file.append(array: bounds)
        return record
    }

    private mutating func makeBlocks(
        _ documents: UnsafeBufferPointer<UInt32>, _ weights: UnsafeBufferPointer<UInt16>, highest: Float
    ) {
        masks.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        for word in 0..<words { blocks[word] = 0 }
        var at = 0, nextWord = 0
        while at < documents.count {
            let block = Int(documents[at] >> 4)
            while nextWord <= block >> 6 {
                ranks[2 * nextWord] = UInt32(masks.count)
                ranks[2 * nextWord + 1] = UInt32(at)
                nextWord += 1
            }
            blocks[block >> 6] |= 1 << UInt64(block & 63)
            var mask: UInt16 = 0, most: UInt16 = 0
            while at < documents.count, Int(documents[at] >> 4) == block {
                mask |= 1 << UInt16(documents[at] & 15)
                most = max(most, weights[at])
                at += 1
            }
            masks.append(mask)
            bounds.append(Self.bound(FeatureWeight(bits: most).value, of: highest))
        }
        while nextWord < words {
            ranks[2 * nextWord] = UInt32(masks.count)
            ranks[2 * nextWord + 1] = UInt32(documents.count)
            nextWord += 1
        }
    }

    /// At least `255 * value / highest`.
    static func bound(_ value: Float, of highest: Float) -> UInt8 {
        let exact = 255 * Double(value) / Double(highest)
        return UInt8(min(255, max(1, exact.rounded(.up))))
    }
}
