import CPostings
import IndexFiles

/// The features of a query that a segment has, as the kernels read them.
struct QueryTerms {
    /// A term whose postings are a list.
    struct List {
        let postings: TermPostings
        let documents: UnsafePointer<UInt32>
        let weight: Float
    }

    /// Those whose postings stand in blocks.
    private(set) var blocked: [cs_term] = []
    private(set) var lists: [List] = []
    /// All, in the query's order.
    private(set) var postings: [TermPostings] = []
    /// The bound of a block is a score times this.
    private(set) var scale = 0.0
    /// What no score is above.
    private(set) var highestScore = 0.0

    /// How many terms the bounds of blocks are made for; queries with more are searched without.
    static let boundedCount = 4096

    /// Looks the features up.
    ///
    /// - Parameter boost: multiplies the weights, in float32.
    init(_ query: [WeightedFeature], boost: Float, in field: SparseField) throws(IndexFileError) {
        var weights: [Float] = []
        for feature in query where feature.weight > 0 {
            guard let term = try field.find(feature.key) else { continue }
            postings.append(try field.postings(of: term))
            weights.append(min(feature.weight * boost, .greatestFiniteMagnitude))
        }
        var most = 0.0
        for (term, weight) in zip(postings, weights) { most += Double(weight) * Double(term.highest.value) }
        highestScore = most
        // Room for what rounding up adds.
        scale = most > 0 ? (64_000 - 4 * Double(min(postings.count, Self.boundedCount))) / most : 0
        for (term, weight) in zip(postings, weights) {
            if let documents = term.documents {
                lists.append(List(postings: term, documents: documents, weight: weight))
            } else {
                let highest = Double(weight) * Double(term.highest.value) * scale * (256.0 / 255.0) * 1.000001
                blocked.append(
                    cs_term(
                        blocks: term.blocks, ranks: term.ranks, bounds: term.bounds, documents: term.masks,
                        weights: term.weights, weight: weight, factor: UInt16(min(65_535, highest.rounded(.up)))))
            }
        }
    }

    var isEmpty: Bool { postings.isEmpty }

    /// The bound below which a block has no document of this score.
    func bound(ofScore score: Float) -> Int {
        Int(min(65_535, (Double(min(score, .greatestFiniteMagnitude)) * scale).rounded(.down)))
    }

    /// Places enough for one block.
    var placeCount: Int { blocked.count + lists.count * Int(CS_BLOCK) }

    /// The postings of a block in all terms.
    ///
    /// - Parameter tags: which lists reach the block; `nil`: all may.
    @inline(__always)
    func locate(
        _ block: UInt32, tags: UInt8, _ kernels: UnsafePointer<cs_kernels>, _ places: UnsafeMutablePointer<cs_place>
    ) -> Int {
        var count = blocked.withUnsafeBufferPointer { terms in
            kernels.pointee.locate(terms.baseAddress, terms.count, block, places)
        }
        guard tags != 0 else { return count }
        let first = block << 4
        for (i, list) in lists.enumerated() where tags >> UInt8(i & 7) & 1 != 0 {
            var low = 0, high = list.postings.count
            while low < high {
                let middle = (low &+ high) >> 1
                if list.documents[middle] < first { low = middle &+ 1 } else { high = middle }
            }
            while low < list.postings.count, list.documents[low] &- first < UInt32(CS_BLOCK) {
                places[count] = cs_place(
                    weights: list.postings.weights + low, weight: list.weight,
                    documents: 1 << UInt16(list.documents[low] & 15))
                count += 1
                low &+= 1
            }
        }
        return count
    }
}
