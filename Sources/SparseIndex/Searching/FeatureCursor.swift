public import IndexFiles

/// Walks over the documents that have a feature, ascending, with its weights: for `rank_feature` inside other queries.
///
/// Belongs to one thread.
public struct FeatureCursor {
    /// What ``document`` is behind the last one.
    public static let end = Int(Int32.max)

    private let field: SparseField
    private let postings: TermPostings
    /// The document it stands on: -1 before the first.
    public private(set) var document = -1
    /// Where the posting is.
    private var posting = -1
    /// The block it is in, the next one with postings, and the documents of this one that are left.
    private var block = -1
    private var nextBlock = 0
    private var left: UInt16 = 0

    init(_ field: SparseField, _ postings: TermPostings) {
        self.field = field
        self.postings = postings
    }

    /// How many documents have the feature, deleted ones included.
    public var count: Int { postings.count }

    /// The highest weight.
    public var highest: FeatureWeight { postings.highest }

    /// The weight in the current document.
    public var weight: FeatureWeight { FeatureWeight(bits: postings.weights[posting]) }

    /// Goes to the first document at or after the target, which must be after the current one.
    @discardableResult
    public mutating func advance(to target: Int) -> Int {
        if document == Self.end { return document }
        if let documents = postings.documents {
            // Doubling steps, then halving: near targets are cheap.
            var low = posting + 1, step = 1
            while low + step < postings.count, documents[low + step] < target { step *= 2 }
            var high = min(postings.count, low + step + 1)
            while low < high {
                let middle = (low + high) / 2
                if documents[middle] < target { low = middle + 1 } else { high = middle }
            }
            posting = low
            document = low < postings.count ? Int(documents[low]) : Self.end
        } else {
            advanceBlocks(to: target)
        }
        return document
    }

    private mutating func advanceBlocks(to target: Int) {
        let wanted = target >> 4
        if wanted == block {
            let mask: UInt16 = .max << UInt16(target & 15)
            posting += (left & ~mask).nonzeroBitCount
            left &= mask
        } else {
            left = 0
        }
        if left == 0 {
            guard findBlock(from: max(wanted, block + 1)) else {
                document = Self.end
                return
            }
            if block == wanted {
                let mask: UInt16 = .max << UInt16(target & 15)
                posting += (left & ~mask).nonzeroBitCount
                left &= mask
                guard left != 0 || findBlock(from: block + 1) else {
                    document = Self.end
                    return
                }
            }
        }
        document = block << 4 | left.trailingZeroBitCount
        left &= left &- 1
        posting += 1
    }

    /// Goes to the first block at or after one; ``posting`` is then before its first.
    private mutating func findBlock(from first: Int) -> Bool {
        var word = first >> 6
        guard word < postings.words else { return false }
        var bits = postings.blocks[word] & (.max << UInt64(first & 63))
        while bits == 0 {
            word += 1
            guard word < postings.words else { return false }
            bits = postings.blocks[word]
        }
        let bit = bits.trailingZeroBitCount
        let start = Int(postings.ranks[2 * word])
        let index = start + (postings.blocks[word] & ((1 << UInt64(bit)) &- 1)).nonzeroBitCount
        var before = Int(postings.ranks[2 * word + 1])
        for i in start..<index { before += postings.masks[i].nonzeroBitCount }
        block = word << 6 | bit
        left = postings.masks[index]
        posting = before - 1
        return true
    }
}

extension SparseField {
    /// The documents with a feature; `nil` when there are none.
    public func cursor(_ key: FeatureKey) throws(IndexFileError) -> FeatureCursor? {
        guard let term = try find(key) else { return nil }
        return FeatureCursor(self, try postings(of: term))
    }
}
