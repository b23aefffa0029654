import CPostings

/// The postings of a term as they lie in a file.
///
/// The file must outlive it.
struct TermPostings: @unchecked Sendable {
    /// How many there are.
    let count: Int
    /// The highest weight.
    let highest: FeatureWeight
    /// The sum of the weights' bits.
    let bitSum: UInt64
    /// One a posting.
    let weights: UnsafePointer<UInt16>
    /// Ascending; `nil` where postings stand in blocks.
    let documents: UnsafePointer<UInt32>?
    let words: Int
    let blockCount: Int
    let blocks: UnsafePointer<UInt64>
    let ranks: UnsafePointer<UInt32>
    let masks: UnsafePointer<UInt16>
    let bounds: UnsafePointer<UInt8>

    init(_ start: UnsafeRawPointer, _ record: SparseFile.TermRecord, words: Int) {
        count = Int(record.postingCount)
        highest = FeatureWeight(bits: record.highest)
        bitSum = record.bitSum
        self.words = words
        blockCount = Int(record.blockCount)
        blocks = start.assumingMemoryBound(to: UInt64.self)
        ranks = (start + 8 * words).assumingMemoryBound(to: UInt32.self)
        if record.blockCount == 0 {
            documents = start.assumingMemoryBound(to: UInt32.self)
            weights = (start + 4 * count).assumingMemoryBound(to: UInt16.self)
        } else {
            documents = nil
            weights = (start + 16 * words).assumingMemoryBound(to: UInt16.self)
        }
        masks = UnsafeRawPointer(weights + count).assumingMemoryBound(to: UInt16.self)
        bounds = UnsafeRawPointer(masks + blockCount).assumingMemoryBound(to: UInt8.self)
    }

    /// Why the postings cannot be trusted; `nil`: every document is below the count, and no reader leaves the bytes.
    func damage(documentCount: Int) -> String? {
        guard let documents else {
            let isSound = cs_is_sound(
                blocks, ranks, masks, words, UInt32(blockCount), UInt32(count), UInt32(documentCount))
            return isSound == 0 ? "blocks of postings do not agree with their counts" : nil
        }
        var next = 0
        for i in 0..<count {
            guard documents[i] >= next, documents[i] < documentCount else {
                return "documents of postings do not ascend"
            }
            next = Int(documents[i]) + 1
        }
        return nil
    }

    /// All postings, by document.
    @inline(__always)
    func forEach(_ body: (_ document: UInt32, _ weight: UInt16) -> Void) {
        if let documents {
            for i in 0..<count { body(documents[i], weights[i]) }
            return
        }
        var block = 0, posting = 0
        for word in 0..<words {
            var bits = blocks[word]
            while bits != 0 {
                let first = UInt32(word << 6 | bits.trailingZeroBitCount) << 4
                bits &= bits &- 1
                var mask = masks[block]
                block &+= 1
                while mask != 0 {
                    body(first | UInt32(mask.trailingZeroBitCount), weights[posting])
                    posting &+= 1
                    mask &= mask &- 1
                }
            }
        }
    }
}
