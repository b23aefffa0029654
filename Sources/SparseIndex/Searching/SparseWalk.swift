import CPostings
public import IndexFiles

/// Walks over all documents that have a feature of a query, ascending, with their scores: for `neural_sparse` inside other queries.
///
/// Belongs to one thread. Documents are scored 16 at a time.
public struct SparseWalk: ~Copyable {
    private let field: SparseField
    private let terms: QueryTerms
    private let kernels: UnsafePointer<cs_kernels>
    private let places: UnsafeMutablePointer<cs_place>
    private let scores: UnsafeMutablePointer<Float>
    private let blockCount: Int
    private var block = -1
    private var left: UInt32 = 0
    /// The document it stands on: -1 before the first, ``FeatureCursor/end`` behind the last.
    public private(set) var document = -1

    init(_ terms: QueryTerms, in field: SparseField) {
        self.field = field
        self.terms = terms
        kernels = cs_kernels_best()
        places = .allocate(capacity: max(1, terms.placeCount))
        scores = .allocate(capacity: Int(CS_BLOCK))
        blockCount = (field.documentCount + 15) / 16
    }

    deinit {
        places.deallocate()
        scores.deallocate()
    }

    /// About how many documents there are: not fewer.
    public var cost: Int { min(field.documentCount, terms.postings.reduce(0) { $0 + $1.count }) }

    /// What no score is above.
    public var highestScore: Float { Float(terms.highestScore).nextUp }

    /// The score of the current document.
    public var score: Float { scores[document & 15] }

    /// Goes to the first document at or after the target, which must be after the current one.
    @discardableResult
    public mutating func advance(to target: Int) -> Int {
        if document == FeatureCursor.end { return document }
        if target >> 4 != block { load(target >> 4) }
        left &= .max << UInt32(target & 15)
        while left == 0 {
            guard block + 1 < blockCount else {
                document = FeatureCursor.end
                return document
            }
            load(block + 1)
        }
        document = block << 4 | left.trailingZeroBitCount
        return document
    }

    private mutating func load(_ number: Int) {
        block = number
        left = 0
        guard number < blockCount else { return }
        let count = terms.locate(UInt32(number), tags: .max, kernels, places)
        if count > 0 { left = kernels.pointee.score_block(places, count, 0, scores) }
    }
}

extension SparseField {
    /// The documents of a query, in order.
    public func walk(_ query: [WeightedFeature], boost: Float = 1) throws(IndexFileError) -> SparseWalk {
        SparseWalk(try QueryTerms(query, boost: boost, in: self), in: self)
    }
}
