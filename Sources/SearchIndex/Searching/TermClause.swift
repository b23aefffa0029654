import CPostings

/// One weighted term of a pruned search: whole blocks are scored at once, and bounds are known for blocks that are not read.
///
/// The scores of a rare term (at most ``materialLimit`` documents) are all computed at the start.
final class TermClause {
    static let materialLimit = 2048

    let cursor: PostingsCursor
    private let weight: TermWeight
    private let norms: UnsafePointer<UInt8>?
    /// Keeps the norms' memory.
    private let owner: Norms?
    private let kernels: UnsafePointer<cp_kernels>
    private let memory: UnsafeMutablePointer<Float>
    /// 256 inverse lengths, of saturating weights.
    private var inverse: UnsafeMutablePointer<Float> { memory }
    /// The scores of the block at hand.
    private var scores: UnsafeMutablePointer<Float> { memory + 256 }
    private let saturation: Float?
    private var scoredBlock = -1
    private var at = 0

    /// No document of the term scores more.
    private(set) var bound: Float
    /// Of rare terms, every document and its score.
    private(set) var material: UnsafeMutablePointer<UInt32>?
    private(set) var materialScores: UnsafeMutablePointer<Float>?
    private(set) var materialCount = 0
    /// Walks over the documents of rare terms.
    var materialIndex = 0
    /// No document of a range scores more; 0: none of them has the term.
    private(set) var ranges: UnsafeMutablePointer<Float>?

    convenience init(_ scorer: TermScorer) {
        self.init(scorer.postings, scorer.weight, scorer.norms)
    }

    init(_ cursor: PostingsCursor, _ weight: TermWeight, _ lengths: Norms?) {
        self.cursor = cursor
        self.weight = weight
        owner = lengths
        norms = lengths?.bytes
        kernels = cp_kernels_best()
        memory = .allocate(capacity: 256 + 128)
        if case .saturating(let weight, let normInverse) = weight.form {
            saturation = weight
            for i in 0..<256 { memory[i] = normInverse[i] }
        } else {
            saturation = nil
        }
        bound = weight.bound
        if cursor.count <= Self.materialLimit { makeMaterial() }
    }

    deinit {
        memory.deallocate()
        material?.deallocate()
        materialScores?.deallocate()
        ranges?.deallocate()
    }

    var count: Int { cursor.count }

    private func makeMaterial() {
        let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: cursor.count + 1)
        let scores = UnsafeMutablePointer<Float>.allocate(capacity: cursor.count + 1)
        var count = 0
        var block = 0
        bound = 0
        while block < cursor.blockCount, cursor.block == block || cursor.load(block) {
            guard count + cursor.inBlock <= cursor.count else { break }
            let taken = cursor.inBlock
            (documents + count).update(from: cursor.documents, count: taken)
            score(taken, cursor.documents, cursor.frequencies, into: scores + count)
            for i in count..<count + taken {
                bound = max(bound, scores[i])
                if i > 0, documents[i] <= documents[i - 1] {
                    cursor.data.report("documents of a term do not ascend")
                    block = cursor.blockCount
                }
            }
            if block == cursor.blockCount { break }
            count += taken
            block += 1
        }
        documents[count] = .max
        material = documents
        materialScores = scores
        materialCount = count
    }

    @inline(__always)
    private func score(
        _ count: Int, _ documents: UnsafeMutablePointer<UInt32>, _ frequencies: UnsafeMutablePointer<UInt32>,
        into scores: UnsafeMutablePointer<Float>
    ) {
        if let saturation {
            kernels.pointee.score_saturating(count, documents, frequencies, norms, inverse, saturation, scores)
        } else {
            for i in 0..<count {
                scores[i] = weight.score(frequency: Float(frequencies[i]), norm: norms?[Int(documents[i])] ?? 1)
            }
        }
    }

    /// Makes ``ranges`` for ranges of `1 << shift` documents.
    func makeRanges(_ count: Int, shift: Int) {
        let ranges = UnsafeMutablePointer<Float>.allocate(capacity: count)
        ranges.initialize(repeating: 0, count: count)
        self.ranges = ranges
        if let material, let materialScores {
            for i in 0..<materialCount {
                let range = Int(material[i]) >> shift
                // A score of 0 counts as a match, too.
                ranges[range] = max(ranges[range], materialScores[i], .leastNormalMagnitude)
            }
            return
        }
        guard let ends = cursor.blockEnds, let starts = cursor.impactStarts else { return }
        let blocks = cursor.blockCount
        for block in 0..<blocks where Int(ends[block]) >= cursor.data.documentCount {
            cursor.data.report("a block of postings ends behind the last document")
            return
        }
        for block in 1..<max(1, blocks) where ends[block] <= ends[block - 1] {
            cursor.data.report("blocks of postings do not ascend")
            return
        }
        let impacts = cursor.allImpacts
        let bounds = UnsafeMutablePointer<Float>.allocate(capacity: blocks)
        let pairScores = UnsafeMutablePointer<Float>.allocate(capacity: max(1, impacts.count))
        defer {
            bounds.deallocate()
            pairScores.deallocate()
        }
        guard let first = impacts.baseAddress else { return }
        if let saturation {
            kernels.pointee.score_impacts(impacts.count, first, inverse, saturation, pairScores)
        } else {
            for i in 0..<impacts.count {
                pairScores[i] = weight.score(frequency: Float(first[i] & 0xff_ffff), norm: UInt8(first[i] >> 24))
            }
        }
        for i in 0..<impacts.count where first[i] & 0xff_ffff == ImpactAccumulator.unbounded {
            pairScores[i] = weight.bound
        }
        cp_block_bounds(blocks, starts, pairScores, bounds)
        bound = 0
        for block in 0..<blocks {
            bounds[block] = max(bounds[block], .leastNormalMagnitude)
            bound = max(bound, bounds[block])
        }
        cp_range_bounds(blocks, ends, bounds, UInt32(shift), ranges)
    }

    private func scoreBlock() {
        scoredBlock = cursor.block
        score(cursor.inBlock, cursor.documents, cursor.frequencies, into: scores)
    }

    /// Adds the scores of all documents in `low..<high` to `sums`, counted from `low`, and marks them in `seen`.
    func accumulate(
        _ low: Int, _ high: Int, _ sums: UnsafeMutablePointer<Double>, _ seen: UnsafeMutablePointer<UInt64>
    ) {
        let first = UInt32(truncatingIfNeeded: low), end = UInt32(truncatingIfNeeded: high)
        if let material, let materialScores {
            if at > 0, at >= materialCount || material[at - 1] >= first { at = 0 }
            at = cp_lower_bound(material, at, materialCount, first)
            at += cp_accumulate(materialCount - at, material + at, materialScores + at, first, end, sums, seen)
            return
        }
        guard cursor.seekBlock(low) else { return }
        while true {
            if scoredBlock != cursor.block { scoreBlock() }
            let documents = cursor.documents, count = cursor.inBlock
            let from = documents[0] >= first ? 0 : cp_lower_bound(documents, 0, count, first)
            let taken = cp_accumulate(count - from, documents + from, scores + from, first, end, sums, seen)
            if from + taken < count { return }
            guard cursor.block + 1 < cursor.blockCount, documents[count - 1] + 1 < end, cursor.load(cursor.block + 1)
            else { return }
        }
    }

    /// Marks all documents in `low..<high`, counted from `low`.
    func mark(_ low: Int, _ high: Int, _ seen: UnsafeMutablePointer<UInt64>) {
        let first = UInt32(truncatingIfNeeded: low), end = UInt32(truncatingIfNeeded: high)
        if let material {
            if at > 0, at >= materialCount || material[at - 1] >= first { at = 0 }
            at = cp_lower_bound(material, at, materialCount, first)
            at += cp_mark(materialCount - at, material + at, first, end, seen)
            return
        }
        guard cursor.seekBlock(low) else { return }
        while true {
            let documents = cursor.documents, count = cursor.inBlock
            let from = documents[0] >= first ? 0 : cp_lower_bound(documents, 0, count, first)
            let taken = cp_mark(count - from, documents + from, first, end, seen)
            if from + taken < count { return }
            guard cursor.block + 1 < cursor.blockCount, documents[count - 1] + 1 < end, cursor.load(cursor.block + 1)
            else { return }
        }
    }

    /// How often the term occurs in a document; `nil` when it does not.
    ///
    /// The cursor stands on the document then.
    func frequency(of document: Int) -> Int? {
        cursor.stand(on: document) ? cursor.frequency : nil
    }

    /// The score of one document; `nil` when it does not have the term.
    ///
    /// Fastest when documents ascend.
    func score(of document: Int) -> Float? {
        let wanted = UInt32(truncatingIfNeeded: document)
        if let material, let materialScores {
            if at > 0, at >= materialCount || material[at - 1] >= wanted { at = 0 }
            at = cp_lower_bound(material, at, materialCount, wanted)
            return at < materialCount && material[at] == wanted ? materialScores[at] : nil
        }
        guard cursor.seekBlock(document) else { return nil }
        let documents = cursor.documents
        var low = 0, high = cursor.inBlock
        while low < high {
            let middle = (low &+ high) >> 1
            if documents[middle] < wanted { low = middle &+ 1 } else { high = middle }
        }
        guard low < cursor.inBlock, documents[low] == wanted else { return nil }
        if scoredBlock == cursor.block { return scores[low] }
        let frequency = Float(cursor.frequencies[low])
        let norm = norms.map { Int($0[document]) } ?? 1
        if let saturation { return saturation - saturation / (1 + frequency * inverse[norm]) }
        return weight.score(frequency: frequency, norm: UInt8(norm))
    }
}
